//! What can be answered to a question, and what somebody has answered.

use super::experiment::Question;
use crate::both;
use crate::report::runs::Often;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A claim is true so often.
    Often(Often),
    /// These choices, in their order.
    Choices(Vec<String>),
    /// A number.
    Number(u64),
}

impl Question {
    /// The true answer.
    pub fn truth(&self) -> Answer {
        match self {
            Question::Often(_, truth) => Answer::Often(*truth),
            Question::Outcomes(choices, possible) => {
                let possible = choices.iter().filter(|it| possible.contains(it));
                Answer::Choices(possible.cloned().collect())
            }
            Question::Waits(_, right) | Question::Repair(_, right) => {
                Answer::Choices(vec![right.clone()])
            }
            Question::From(from) => Answer::Number(*from),
        }
    }

    /// What is asked, in one sentence.
    pub fn sentence(&self) -> String {
        match self {
            Question::Often(claim, _) => {
                let claim = (claim.sentence)();
                both!("Claim: {claim}.", "论断：{claim}。")
            }
            Question::Outcomes(..) => both!(
                "Which of these can come out? Name all of them.",
                "下面哪些结果可能出现？请列出全部。"
            ),
            Question::Waits(..) => both!(
                "It gets stuck. Who waits for whom then? (A -> B: A waits for B.)",
                "它会卡住。卡住时是怎样的等待关系？（A -> B：A 等 B。）"
            ),
            Question::Repair(..) => both!(
                "Which of these repairs it, so that it does not get stuck?",
                "下面哪一个能修好它，使它不再卡住？"
            ),
            Question::From(_) => {
                both!("From which number N on does it get stuck?", "N 从多少起，它会卡住？")
            }
        }
    }

    /// What it is about, in a list of experiments.
    pub fn topic(&self) -> String {
        match self {
            Question::Often(claim, _) => {
                let claim = (claim.sentence)();
                both!("{claim}: always, sometimes or never?", "{claim}：总是、有时还是从不？")
            }
            Question::Outcomes(..) => both!("which outcomes are possible?", "可能出现哪些结果？"),
            Question::Waits(..) => {
                both!("if it gets stuck, who waits for whom?", "如果卡住，等待关系是怎样的？")
            }
            Question::Repair(..) => {
                both!("what keeps it from getting stuck?", "怎样使它不卡住？")
            }
            Question::From(_) => both!("from which N on does it get stuck?", "N 从多少起会卡住？"),
        }
    }

    /// What one can choose from, if that is a list.
    pub fn choices(&self) -> &[String] {
        match self {
            Question::Outcomes(choices, _)
            | Question::Waits(choices, _)
            | Question::Repair(choices, _) => choices,
            Question::Often(..) | Question::From(_) => &[],
        }
    }

    /// How to answer it, in a few words.
    pub fn prompt(&self) -> String {
        let rest = both!("[?] show me the program  [q]uit", "[?] 看程序  [q] 退出");
        match self {
            Question::Often(..) => both!(
                "[a]lways  [s]ometimes  [n]ever  {rest}",
                "[a] 总是  [s] 有时  [n] 从不  {rest}"
            ),
            Question::Outcomes(..) => both!(
                "letters, such as a c; - for none  {rest}",
                "字母，例如 a c；一个也没有就写 -  {rest}"
            ),
            Question::Waits(..) | Question::Repair(..) => {
                both!("a letter  {rest}", "一个字母  {rest}")
            }
            Question::From(_) => both!("a number  {rest}", "一个数  {rest}"),
        }
    }

    /// What somebody means who answers this; nothing if it is no answer to this question.
    pub fn answer(&self, typed: &str) -> Option<Answer> {
        let typed = typed.trim().to_lowercase();
        match self {
            Question::Often(..) => {
                let often = match typed.as_str() {
                    "a" | "always" | "总是" => Often::Always,
                    "s" | "sometimes" | "有时" => Often::Sometimes,
                    "n" | "never" | "从不" => Often::Never,
                    _ => return None,
                };
                Some(Answer::Often(often))
            }
            Question::Outcomes(choices, _) => {
                let letters = typed.chars().filter(|c| !c.is_whitespace() && *c != ',');
                let numbers: Option<Vec<usize>> =
                    letters.filter(|c| *c != '-').map(|c| number_of(c, choices)).collect();
                let numbers = numbers?;
                if numbers.is_empty() && !typed.contains('-') {
                    return None;
                }
                let chosen =
                    choices.iter().enumerate().filter(|(number, _)| numbers.contains(number));
                Some(Answer::Choices(chosen.map(|(_, choice)| choice.clone()).collect()))
            }
            Question::Waits(choices, _) | Question::Repair(choices, _) => {
                let mut letters = typed.chars();
                let (Some(letter), None) = (letters.next(), letters.next()) else {
                    return None;
                };
                let number = number_of(letter, choices)?;
                Some(Answer::Choices(vec![choices[number].clone()]))
            }
            Question::From(_) => {
                let digits = typed.replace([',', '_'], "");
                digits.parse().ok().map(Answer::Number)
            }
        }
    }

    /// An answer in words.
    pub fn words(&self, answer: &Answer) -> String {
        match answer {
            Answer::Often(often) => often.word(),
            Answer::Number(number) => number.to_string(),
            Answer::Choices(chosen) if chosen.is_empty() => both!("none", "一个也没有"),
            Answer::Choices(chosen) => {
                let letters = chosen.iter().map(|choice| {
                    let number = self.choices().iter().position(|it| it == choice);
                    letter(number.unwrap_or_default())
                });
                let letters: Vec<_> = letters.map(|it| it.to_string()).collect();
                letters.join(" ")
            }
        }
    }
}

/// The letter by which the choice of this number is chosen.
pub fn letter(number: usize) -> char {
    char::from(b'a' + u8::try_from(number).unwrap_or_default())
}

fn number_of(c: char, choices: &[String]) -> Option<usize> {
    (0..choices.len()).find(|number| letter(*number) == c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::NOBODY_GETS_STUCK;

    fn choices(names: &[&str]) -> Vec<String> {
        names.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn an_answer_is_read_as_it_is_meant() {
        let often = Question::Often(&NOBODY_GETS_STUCK, Often::Always);
        for (typed, meant) in [
            ("a", Often::Always),
            (" S\n", Often::Sometimes),
            ("never", Often::Never),
            ("有时", Often::Sometimes),
        ] {
            assert_eq!(often.answer(typed), Some(Answer::Often(meant)), "{typed}");
        }
        let outcomes = Question::Outcomes(choices(&["x", "y", "z"]), choices(&["z", "x"]));
        let chosen = |names: &[&str]| Some(Answer::Choices(choices(names)));
        for typed in ["a c", "c,a", "AC", "c a a"] {
            assert_eq!(outcomes.answer(typed), chosen(&["x", "z"]), "{typed}");
            assert_eq!(outcomes.answer(typed), Some(outcomes.truth()));
        }
        assert_eq!(outcomes.answer("-"), chosen(&[]));
        let waits = Question::Waits(choices(&["x", "y"]), "y".into());
        assert_eq!(waits.answer("b"), Some(waits.truth()));
        let from = Question::From(65_537);
        for typed in ["65537", "65,537", " 65_537 "] {
            assert_eq!(from.answer(typed), Some(from.truth()), "{typed}");
        }
        for (question, typed) in [
            (&often, "x"),
            (&often, ""),
            (&outcomes, "d"),
            (&outcomes, ""),
            (&waits, "ab"),
            (&waits, "c"),
            (&from, "many"),
            (&from, "-1"),
        ] {
            assert_eq!(question.answer(typed), None, "{typed}");
        }
    }

    #[test]
    fn an_answer_is_told_by_the_letters_of_its_choices() {
        let outcomes = Question::Outcomes(choices(&["x", "y", "z"]), choices(&["z", "x"]));
        assert_eq!(outcomes.words(&outcomes.truth()), "a c");
    }
}
