//! A colour for each process.

use std::collections::HashMap;

use owo_colors::{Style, XtermColors};

use crate::events::{Event, Record};

/// Colours of the 256-colour palette, for the first six processes; then they are used again, since a
/// lane or label has the process's name, too. A test makes sure that each can be read on dark and
/// light terminals, and that colour-blind eyes can tell them apart; few others of the palette can
/// be added to that.
const COLOURS: [u8; 6] = [104, 130, 29, 197, 128, 96];

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

    /// The style of the process with this PID, always the same one.
    pub fn style(&mut self, pid: u32) -> Style {
        let next = self.numbers.len();
        let number = *self.numbers.entry(pid).or_insert(next);
        Style::new().color(XtermColors::from(COLOURS[number % COLOURS.len()]))
    }

    /// The class of a process on a page; none if it has no colour.
    pub fn class(&self, pid: u32) -> String {
        let number = self.numbers.get(&pid);
        number.map_or("c".into(), |number| format!("c{}", number % COLOURS.len()))
    }

    /// The rules that give each class its colour.
    pub fn css() -> String {
        let levels = [0, 95, 135, 175, 215, 255];
        let rules = COLOURS.iter().enumerate().map(|(number, colour)| {
            let [r, g, b] = [36, 6, 1].map(|unit| levels[usize::from((colour - 16) / unit % 6)]);
            format!(".c{number}{{--c:#{r:02x}{g:02x}{b:02x}}}\n")
        });
        rules.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Colour = [f64; 3];

    /// Red, green and blue as amounts of light, from the 256-colour palette's cube.
    fn light(colour: u8) -> Colour {
        let levels = [0, 95, 135, 175, 215, 255];
        [36, 6, 1].map(|unit| channel(levels[usize::from((colour - 16) / unit % 6)]))
    }

    fn channel(value: u8) -> f64 {
        match f64::from(value) / 255.0 {
            value if value <= 0.04045 => value / 12.92,
            value => ((value + 0.055) / 1.055).powf(2.4),
        }
    }

    fn times(matrix: [Colour; 3], colour: Colour) -> Colour {
        matrix.map(|row| row.iter().zip(colour).map(|(a, b)| a * b).sum())
    }

    /// CIE XYZ, of which Y is the relative luminance (WCAG 2).
    const XYZ: [Colour; 3] =
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]];

    /// What eyes without one of the three kinds of cones see (Machado, Oliveira, Fernandes 2009), and
    /// what other eyes see.
    const EYES: [[Colour; 3]; 4] = [
        [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.052]],
        [[0.3673, 0.8606, -0.228], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]],
        [[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]],
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    ];

    /// CIE L*a*b*, where distances are differences to the eye.
    fn lab(light: Colour) -> Colour {
        let [x, y, z] = times(XYZ, light.map(|it| it.clamp(0.0, 1.0)));
        let root = |value: f64| match value > 216.0 / 24389.0 {
            true => value.cbrt(),
            false => (24389.0 / 27.0 * value + 16.0) / 116.0,
        };
        let [x, y, z] = [x / 0.9505, y, z / 1.089].map(root);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    #[test]
    fn every_colour_can_be_read_on_dark_and_on_light_grounds() {
        for ground in [[0, 0, 0], [0xff, 0xff, 0xff], [0x1e, 0x1e, 0x1e], [0xfd, 0xf6, 0xe3]] {
            let ground = times(XYZ, ground.map(channel))[1] + 0.05;
            for colour in COLOURS {
                let colour_on_it = times(XYZ, light(colour))[1] + 0.05;
                let contrast = f64::max(ground / colour_on_it, colour_on_it / ground);
                assert!(contrast >= 3.0, "{colour}: {contrast}");
            }
        }
    }

    #[test]
    fn colour_blind_eyes_tell_the_colours_apart() {
        for eyes in EYES {
            let seen = COLOURS.map(|colour| lab(times(eyes, light(colour))));
            for (number, one) in seen.iter().enumerate() {
                for (other, two) in seen.iter().enumerate().skip(number + 1) {
                    let squares = one.iter().zip(two).map(|(a, b)| (a - b).powi(2));
                    let difference = squares.sum::<f64>().sqrt();
                    assert!(difference >= 15.0, "{number} and {other}: {difference}");
                }
            }
        }
    }
}
