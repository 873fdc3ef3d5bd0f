//! A lesson's text, from Markdown to lines on a terminal.

use std::ops::RangeInclusive;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

use super::heading;
use super::ink::Ink;
use super::paragraph::Paragraph;
use crate::os::terminal::Look;
use crate::words::locale::Language;

/// Longer lines are hard to read; shorter ones leave no room for indented text.
const WIDTHS: RangeInclusive<usize> = 20..=80;

pub(crate) fn render(text: &str, look: Look) -> String {
    let mut page = Page {
        look,
        width: look.width.clamp(*WIDTHS.start(), *WIDTHS.end()),
        shown: String::new(),
        paragraph: Paragraph::default(),
        ink: Ink::Plain,
        in_item: false,
        addresses: Vec::new(),
        number: 0,
        listed: 0,
    };
    for event in Parser::new(text) {
        page.take(event);
    }
    page.end_section();
    page.shown
}

struct Page {
    look: Look,
    width: usize,
    shown: String,
    paragraph: Paragraph,
    ink: Ink,
    in_item: bool,
    /// The addresses of the links so far.
    addresses: Vec<String>,
    /// The number of the link that is being read.
    number: usize,
    /// How many addresses have been listed.
    listed: usize,
}

impl Page {
    fn take(&mut self, event: Event) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.paragraph.push(&text, self.ink),
            Event::Code(code) => self.paragraph.push_code(&code, self.look),
            Event::SoftBreak | Event::HardBreak => self.paragraph.push(" ", self.ink),
            // A test makes sure that the texts have nothing else.
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag) {
        match tag {
            Tag::Heading { level, .. } if level != HeadingLevel::H1 => {
                self.end_section();
                self.show("");
            }
            Tag::Paragraph if !self.in_item => self.show(""),
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) | Tag::List(_) => self.show(""),
            Tag::Item => self.in_item = true,
            Tag::Link { dest_url, .. } => {
                self.ink = Ink::Link;
                self.number = self.number_of(dest_url.into_string());
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => {
                let paragraph = std::mem::take(&mut self.paragraph);
                let plain = Look { colour: false, ..self.look };
                let lines = paragraph.wrap(self.width, plain);
                self.shown += &heading(lines, level == HeadingLevel::H1, self.look);
            }
            TagEnd::Paragraph if !self.in_item => self.show_paragraph("", ""),
            TagEnd::Item => {
                self.in_item = false;
                let bullet = if self.look.boxes { "• " } else { "- " };
                self.show_paragraph(bullet, "  ");
            }
            TagEnd::CodeBlock => self.show_commands(),
            TagEnd::Link => {
                self.ink = Ink::Plain;
                self.paragraph.push_number(self.number, self.look.language == Language::En);
            }
            _ => {}
        }
    }

    /// The number of the link to this address: the same wherever it stands in the text.
    fn number_of(&mut self, address: String) -> usize {
        let known = self.addresses.iter().position(|known| *known == address);
        let index = known.unwrap_or(self.addresses.len());
        if known.is_none() {
            self.addresses.push(address);
        }
        index + 1
    }

    fn show_paragraph(&mut self, first: &str, others: &str) {
        let paragraph = std::mem::take(&mut self.paragraph);
        let width = self.width - others.len();
        for (index, line) in paragraph.wrap(width, self.look).iter().enumerate() {
            self.show(&format!("{}{line}", if index == 0 { first } else { others }));
        }
    }

    /// Shows a block of commands; breaks those that are too long in the way that a shell allows.
    fn show_commands(&mut self) {
        const INDENT: &str = "    ";
        const CONTINUED: &str = " \\";
        let block = std::mem::take(&mut self.paragraph);
        let commands: String = block.pieces.into_iter().map(|piece| piece.text).collect();
        for command in commands.lines() {
            let mut paragraph = Paragraph::default();
            paragraph.push_command(command);
            let whole = self.width - INDENT.len();
            let mut lines = paragraph.wrap(whole, self.look);
            if lines.len() > 1 {
                lines = paragraph.wrap(whole - CONTINUED.len(), self.look);
            }
            let last = lines.len() - 1;
            for (index, line) in lines.iter().enumerate() {
                let end = if index < last { CONTINUED } else { "" };
                self.show(&format!("{INDENT}{line}{end}"));
            }
        }
    }

    /// Lists the addresses of a section's links, each on a line, so that it can be followed.
    fn end_section(&mut self) {
        let new = self.addresses[self.listed..].iter().zip(self.listed + 1..);
        let new: Vec<_> = new.map(|(address, number)| format!("[{number}] {address}")).collect();
        self.listed = self.addresses.len();
        if !new.is_empty() {
            self.show("");
            self.show(match self.look.language {
                Language::En => "Sources:",
                Language::Zh => "来源：",
            });
        }
        for line in new {
            self.show(&Ink::Link.paint(&line, self.look.colour));
        }
    }

    fn show(&mut self, line: &str) {
        self.shown += line;
        self.shown.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, width: usize) -> String {
        let look =
            Look { colour: false, width, unicode: false, boxes: false, language: Language::En };
        render(text, look)
    }

    #[test]
    fn a_link_is_its_name_and_a_number_and_its_address_stands_below() {
        let text =
            "As [the manual](https://a.b/) says, no. [One](https://c.d/),\n[two](https://a.b/)\n";
        assert_eq!(
            shown(text, 40),
            "\nAs the manual [1] says, no. One [2],\ntwo [1]\n\nSources:\n[1] https://a.b/\n\
             [2] https://c.d/\n"
        );
    }

    #[test]
    fn a_long_command_is_broken_where_a_shell_may_see_it() {
        let text = "```sh\necho 'one two three four' \"five' six\" | cat -\n```\n";
        assert_eq!(
            shown(text, 30),
            "\n    echo \\\n    'one two three four' \\\n    \"five' six\" | cat -\n"
        );
    }
}
