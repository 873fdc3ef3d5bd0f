//! A lesson's text, from Markdown to lines on a terminal.

use std::ops::RangeInclusive;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

use super::ink::Ink;
use super::paragraph::Paragraph;
use super::{Line, Rule, heading};
use crate::os::terminal::Look;
use crate::words::locale::Language;

/// Longer lines are hard to read, however wide the terminal is; shorter ones have no room for what
/// is indented.
const WIDTHS: RangeInclusive<usize> = 20..=80;

/// The text as it is shown.
pub fn render(text: &str, look: Look) -> String {
    let mut page = Page::new(look);
    for event in Parser::new(text) {
        page.take(event);
    }
    page.end_section();
    page.shown
}

/// What is shown so far, and what is being read.
struct Page {
    look: Look,
    width: usize,
    shown: String,
    paragraph: Paragraph,
    ink: Ink,
    in_item: bool,
    /// The address of the link that is being read, and where its name begins.
    link: Option<(String, usize)>,
    sources: Vec<Source>,
    /// How many sources have been listed.
    listed: usize,
}

/// Where something can be looked up.
#[derive(PartialEq)]
struct Source {
    name: String,
    address: String,
}

impl Page {
    fn new(look: Look) -> Page {
        Page {
            look,
            width: look.width.clamp(*WIDTHS.start(), *WIDTHS.end()),
            shown: String::new(),
            paragraph: Paragraph::default(),
            ink: Ink::Plain,
            in_item: false,
            link: None,
            sources: Vec::new(),
            listed: 0,
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.paragraph.push(&text, self.ink),
            Event::Code(code) => self.paragraph.push_code(&code, self.look),
            Event::SoftBreak | Event::HardBreak => self.paragraph.push(" ", self.ink),
            // There is nothing else in the texts.
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag) {
        match tag {
            Tag::Heading { level, .. } if level != HeadingLevel::H1 => {
                self.end_section();
                self.leave_a_line();
            }
            Tag::Paragraph if !self.in_item => self.leave_a_line(),
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => self.leave_a_line(),
            Tag::List(_) => self.leave_a_line(),
            Tag::Item => self.in_item = true,
            Tag::Emphasis => {
                self.ink = Ink::Emphasis;
                self.star();
            }
            Tag::Link { dest_url, .. } => {
                self.link = Some((dest_url.into_string(), self.paragraph.pieces.len()));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => {
                let paragraph = std::mem::take(&mut self.paragraph);
                let rule = match level {
                    HeadingLevel::H1 => Rule::Double,
                    _ => Rule::Single,
                };
                self.show_heading(&paragraph, rule);
            }
            TagEnd::Paragraph if !self.in_item => self.show_paragraph("", ""),
            TagEnd::Item => {
                self.in_item = false;
                let bullet = if self.look.boxes { "• " } else { "- " };
                self.show_paragraph(bullet, "  ");
            }
            TagEnd::CodeBlock => self.show_commands(),
            TagEnd::Emphasis => {
                self.star();
                self.ink = Ink::Plain;
            }
            TagEnd::Link => self.end_link(),
            _ => {}
        }
    }

    /// Where there are no styles, emphasis is shown with stars.
    fn star(&mut self) {
        if !self.look.colour {
            self.paragraph.push("*", self.ink);
        }
    }

    /// Makes the name of a link one piece, and notes where it leads.
    fn end_link(&mut self) {
        let Some((address, start)) = self.link.take() else {
            return;
        };
        let pieces = self.paragraph.pieces.drain(start..);
        let name: String = pieces.map(|piece| piece.text).collect();
        self.paragraph.push(&name, self.ink);
        let source = Source { name, address };
        let known = self.sources.iter().position(|known| *known == source);
        let number = known.unwrap_or(self.sources.len()) + 1;
        if known.is_none() {
            self.sources.push(source);
        }
        if let Some(piece) = self.paragraph.pieces.last_mut() {
            piece.source = Some(number);
        }
    }

    fn show_paragraph(&mut self, first: &str, others: &str) {
        let space = self.look.language == Language::En;
        let paragraph = with_marks(std::mem::take(&mut self.paragraph), space);
        let width = self.width - others.len();
        for (index, line) in paragraph.wrap(width, self.look).iter().enumerate() {
            self.show(&format!("{}{line}", if index == 0 { first } else { others }));
        }
    }

    fn show_heading(&mut self, paragraph: &Paragraph, rule: Rule) {
        let plain = Look { colour: false, ..self.look };
        let lines = paragraph.wrap(self.width, plain);
        for Line { text, .. } in heading(lines, rule, self.look) {
            self.show(&text);
        }
    }

    /// Commands. Those that are too long are broken the way a shell allows.
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

    /// Lists the sources of a section. An address has a line to itself and is never broken, so that
    /// it can be selected and followed.
    fn end_section(&mut self) {
        let new = self.sources.split_off(self.listed);
        if new.is_empty() {
            return;
        }
        self.leave_a_line();
        self.show(match self.look.language {
            Language::En => "Sources:",
            Language::Zh => "来源：",
        });
        for source in new {
            self.listed += 1;
            let mark = format!("[{}] ", self.listed);
            let indent = " ".repeat(mark.len());
            self.paragraph.push(&source.name, Ink::Plain);
            self.show_paragraph(&Ink::Source.paint(&mark, self.look.colour), &indent);
            let address = Ink::Source.paint(&source.address, self.look.colour);
            self.show(&format!("{indent}{address}"));
            self.sources.push(source);
        }
    }

    fn leave_a_line(&mut self) {
        self.show("");
    }

    fn show(&mut self, line: &str) {
        self.shown += line;
        self.shown.push('\n');
    }
}

/// The paragraph with numbers for its sources. Names of sources that follow a sentence are replaced
/// by their numbers; a name inside a sentence is needed there, and stays, with the number behind
/// it.
fn with_marks(paragraph: Paragraph, space: bool) -> Paragraph {
    let pieces = paragraph.pieces;
    let separators = |text: &str| text.chars().all(|c| c.is_whitespace() || ",，、".contains(c));
    let end_of_text = pieces
        .iter()
        .rposition(|piece| piece.source.is_none() && !separators(&piece.text))
        .map_or(0, |last| last + 1);
    let ends_sentence = pieces[..end_of_text]
        .last()
        .is_some_and(|last| last.text.trim_end().ends_with(['.', '!', '?', '。', '！', '？']));
    let mut marked = Paragraph::default();
    for (index, piece) in pieces.into_iter().enumerate() {
        let source = piece.source;
        let is_name = index < end_of_text || !ends_sentence;
        if is_name {
            let end = index + 1 == end_of_text && ends_sentence;
            let text = if end { piece.text.trim_end() } else { &piece.text };
            marked.push(text, piece.ink);
        }
        if let Some(source) = source {
            marked.push_mark(source, space);
        }
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, width: usize, colour: bool) -> String {
        let look = Look { colour, width, unicode: false, boxes: false, language: Language::En };
        render(text, look)
    }

    #[test]
    fn a_name_inside_a_sentence_stays_and_names_behind_it_become_numbers() {
        let text =
            "As [the manual](https://a.b/) says, *no*. [One](https://c.d/),\n[two](https://a.b/)\n";
        assert_eq!(
            shown(text, 40, false),
            "\nAs the manual [1] says, *no*. [2] [3]\n\nSources:\n\
             [1] the manual\n    https://a.b/\n[2] One\n    https://c.d/\n[3] two\n    \
             https://a.b/\n"
        );
        let only_a_name = shown("[name](https://a.b/)\n", 40, false);
        assert!(only_a_name.starts_with("\nname [1]\n"), "{only_a_name}");
    }

    #[test]
    fn a_long_command_is_broken_where_a_shell_may_see_it() {
        let text = "```sh\necho 'one two three four' \"five' six\" | cat -\n```\n";
        assert_eq!(
            shown(text, 30, false),
            "\n    echo \\\n    'one two three four' \\\n    \"five' six\" | cat -\n"
        );
    }

    #[test]
    fn an_address_and_a_long_word_are_never_broken() {
        let text = "- a `std::process::Child::wait_with_output` [b](https://c.d/e-f/g_h?i=j#k)\n";
        assert_eq!(
            shown(text, 20, false),
            "\n- a\n  `std::process::Child::wait_with_output`\n  b [1]\n\nSources:\n\
             [1] b\n    https://c.d/e-f/g_h?i=j#k\n"
        );
    }

    #[test]
    fn each_line_has_its_colours_for_itself() {
        let text = "Some `code of many words` and *stressed words*.\n";
        assert_eq!(
            shown(text, 20, true),
            "\nSome \x1b[38;5;30mcode of many\x1b[0m\n\x1b[38;5;30mwords\x1b[0m and \
             \x1b[3mstressed\x1b[0m\n\
             \x1b[3mwords\x1b[0m.\n"
        );
    }
}
