//! Answers to questions. Answers with the same meaning are equal strings.

use super::experiment::Question;
use crate::both;
use crate::report::runs::Often;

impl Question {
    /// The true answer, in the reader's language.
    pub fn truth(&self) -> String {
        match self {
            Question::Often { truth, .. } => truth.word(),
            Question::Outcomes(choices) | Question::Waits(choices) | Question::Repair(choices) => {
                self.letters(|choice| choices.right.iter().any(|right| right == choice))
            }
            Question::Stuck { from } => from.to_string(),
        }
    }

    pub(super) fn prompt(&self) -> String {
        let answers = self.answers();
        both!(
            "{answers}  [?] the call  [??] the program  [q]uit > ",
            "{answers}  [?] 相关代码  [??] 整个程序  [q] 退出 > "
        )
    }

    /// What can be answered.
    pub(super) fn answers(&self) -> String {
        let last = letter(self.choices().len().saturating_sub(1));
        match self {
            Question::Often { .. } => {
                both!("[a]lways  [s]ometimes  [n]ever", "[a] 总是  [s] 有时  [n] 从不")
            }
            Question::Stuck { .. } => both!("a number", "输入一个数"),
            _ if self.has_one_answer() => {
                both!("a letter from a to {last}", "输入 a 到 {last} 中的一个字母")
            }
            _ => both!(
                "letters from a to {last}; - for none",
                "输入 a 到 {last} 中的字母，例如 a c；都不可能就输入 -"
            ),
        }
    }

    /// Parses what was typed; nothing if it is no answer to this question.
    pub(super) fn answer(&self, typed: &str) -> Option<String> {
        let typed = plain(typed);
        match self {
            Question::Often { .. } => {
                let often = match typed.as_str() {
                    "a" | "always" | "总是" => Often::Always,
                    "s" | "sometimes" | "有时" => Often::Sometimes,
                    "n" | "never" | "从不" => Often::Never,
                    _ => return None,
                };
                Some(often.word())
            }
            Question::Outcomes(_) | Question::Waits(_) | Question::Repair(_) => {
                let is_one = self.has_one_answer();
                let choices = self.choices();
                let mut letters = typed;
                letters.retain(|c| !",.;".contains(c) && !c.is_whitespace());
                if letters == "-" && !is_one {
                    letters.clear();
                } else if letters.is_empty() || is_one && letters.len() > 1 {
                    return None;
                }
                let chosen = letters.chars().map(|c| choices.get(index_of(c)?));
                let chosen = chosen.collect::<Option<Vec<_>>>()?;
                Some(self.letters(|choice| chosen.contains(&&choice)))
            }
            Question::Stuck { .. } => {
                let number: Option<u64> = typed.replace([',', '_'], "").parse().ok();
                number.map(|number| number.to_string())
            }
        }
    }

    fn letters(&self, is_chosen: impl Fn(&str) -> bool) -> String {
        let choices = self.choices().into_iter().enumerate();
        let chosen = choices.filter(|(_, choice)| is_chosen(choice));
        let letters: Vec<_> = chosen.map(|(index, _)| letter(index).to_string()).collect();
        match letters.is_empty() {
            true => both!("none", "一个也没有"),
            false => letters.join(" "),
        }
    }

    pub(super) fn choice(&self, answer: &str) -> Option<&str> {
        self.choices().get(index_of(answer.chars().next()?)?).copied()
    }
}

/// What was typed, in the letters, digits and signs of ASCII where an input method has given their
/// full-width forms, and without what ends a sentence.
pub(super) fn plain(typed: &str) -> String {
    let half_width = |c: char| match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '、' => ',',
        '。' => '.',
        c => c,
    };
    let text: String = typed.chars().map(half_width).collect();
    text.trim_matches(|c: char| ",.;".contains(c) || c.is_whitespace()).to_lowercase()
}

/// The letter by which the choice at this index is chosen.
pub(super) fn letter(index: usize) -> char {
    ('a'..='z').nth(index).unwrap_or('?')
}

fn index_of(letter: char) -> Option<usize> {
    ('a'..='z').position(|c| c == letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predict::experiment::Choices;
    use crate::words::locale::{Language, choose};

    fn choices(right: &[&str], wrong: &[&str]) -> Choices {
        let [right, wrong] = [right, wrong].map(|it| it.iter().map(|it| (*it).into()).collect());
        Choices { right, wrong }
    }

    #[test]
    fn an_answer_is_read_as_it_is_meant() {
        choose(Language::En);
        let often = Question::Often { claim: "stuck".into(), truth: Often::Always };
        let outcomes = Question::Outcomes(choices(&["z", "x"], &["y"]));
        let waits = Question::Waits(choices(&["y"], &["x"]));
        let stuck = Question::Stuck { from: 65_537 };
        for (question, typed, meant) in [
            (&often, " S\n", Some("sometimes")),
            (&often, "有时", Some("sometimes")),
            (&often, "ｓ。", Some("sometimes")),
            (&often, "", None),
            (&often, "。", None),
            (&outcomes, "a c", Some("a c")),
            (&outcomes, "C,aa", Some("a c")),
            (&outcomes, "a，c", Some("a c")),
            (&outcomes, "ａ、　Ｃ。", Some("a c")),
            (&outcomes, "-", Some("none")),
            (&outcomes, "－", Some("none")),
            (&outcomes, "d", None),
            (&outcomes, "a -", None),
            (&waits, "b", Some("b")),
            (&waits, "ab", None),
            (&waits, "c", None),
            (&waits, "-", None),
            (&stuck, "65,537", Some("65537")),
            (&stuck, " 65_537 ", Some("65537")),
            (&stuck, "６５，５３７。", Some("65537")),
            (&stuck, "-1", None),
        ] {
            assert_eq!(question.answer(typed).as_deref(), meant, "{typed}");
        }
        let truths = [&often, &outcomes, &waits, &stuck].map(Question::truth);
        assert_eq!(truths, ["always", "a c", "b", "65537"]);
    }
}
