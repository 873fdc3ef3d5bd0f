//! A colour for each process.

use std::collections::HashMap;

use owo_colors::{Style, XtermColors};

use crate::events::{Event, Record};

/// Colours of the 256-colour palette: the first are easy to tell apart, the later ones differ in
/// shade. Each can be read on light and on dark terminals: its contrast with black and with white
/// (WCAG 2) is at least 3.3 to 1. For the first four, enough for most runs, it is 4.5 to 1, and
/// hardly more is possible with both.
const COLOURS: [u8; 45] = [
    63, 131, 29, 163, 30, 130, 98, 64, 33, 166, 28, 160, 99, 100, 67, 199, 68, 129, 167, 31, 94,
    133, 196, 61, 136, 165, 26, 200, 32, 97, 168, 62, 198, 134, 27, 161, 169, 127, 93, 197, 135,
    132, 128, 162, 164,
];

/// Gives each process a colour of its own, in the order of their first events.
#[derive(Default)]
pub struct Palette {
    numbers: HashMap<u32, usize>,
}

impl Palette {
    /// Takes note of an event. Colours are assigned in the order in which processes start, so that
    /// they are the same in every run and in every view of it.
    pub fn see(&mut self, record: &Record) {
        self.style(record.pid);
        if let Event::Started { child, .. } = record.event {
            self.style(child);
        }
    }

    /// The style of the process with this PID, always the same one. When the colours run out, they
    /// are used again.
    pub fn style(&mut self, pid: u32) -> Style {
        let next = self.numbers.len();
        let number = *self.numbers.entry(pid).or_insert(next);
        Style::new().color(XtermColors::from(COLOURS[number % COLOURS.len()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The relative luminance (WCAG 2) of a colour of the 6 x 6 x 6 cube.
    fn luminance(colour: u8) -> f64 {
        let [red, green, blue] = [36, 6, 1].map(|unit| {
            let level = (colour - 16) / unit % 6;
            let value = [0.0, 95.0, 135.0, 175.0, 215.0, 255.0][usize::from(level)] / 255.0_f64;
            match value <= 0.03928 {
                true => value / 12.92,
                false => ((value + 0.055) / 1.055).powf(2.4),
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    #[test]
    fn every_colour_can_be_read_on_black_and_on_white() {
        for (number, colour) in COLOURS.into_iter().enumerate() {
            let luminance = luminance(colour) + 0.05;
            let contrast = f64::min(luminance / 0.05, 1.05 / luminance);
            let wanted = if number < 4 { 4.5 } else { 3.3 };
            assert!(contrast >= wanted, "{colour}: {contrast}");
        }
    }
}
