//! What can't come out of a run of the `queue` lesson, whatever the kernel does.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::options::{Args, Stop};
use crate::arguments::{ValueArg, shares};
use crate::both;
use crate::claims::word;

impl Args {
    /// Why what is got can't be this, by what a queue is: no value that was not put, none twice,
    /// none before an earlier one.
    pub(super) fn why_never_got(&self, outcome: &str) -> Option<String> {
        if outcome.contains("...#") {
            return None;
        }
        let got = words_by_role(outcome);
        let readers: BTreeSet<String> = self.reader_roles().collect();
        if let Some((role, _)) =
            got.iter().find(|(role, _)| !readers.contains(role) && !role.is_empty())
        {
            return Some(both!("there is no {role} that gets", "没有会取值的 {role}"));
        }
        // Nobody knows what a program of the user's writes.
        if self.writer.is_some() {
            return None;
        }
        let puts: Vec<String> = self.values.iter().map(of_value).collect();
        let mut left: HashMap<&str, i64> = HashMap::new();
        puts.iter().for_each(|value| *left.entry(value).or_default() += 1);
        for value in got.iter().flat_map(|(_, words)| words) {
            let Some(count) = left.get_mut(value.as_str()) else {
                return Some(both!("{value} is never put", "从来没有放入过 {value}"));
            };
            *count -= 1;
            if *count < 0 {
                return Some(both!(
                    "{value} would be got more often than it is put",
                    "{value} 取出的次数不会多于放入的次数"
                ));
            }
        }
        let is_one_reader = readers.len() == 1;
        if is_one_reader && self.writers == 1 {
            let words = got.iter().flat_map(|(_, words)| words);
            let mut puts = puts.iter();
            if let Some((earlier, word)) =
                words.zip(&mut puts).find(|(word, put)| word != put).map(|(w, p)| (p, w))
            {
                return Some(both!(
                    "{earlier} is put before {word}, and the only reader gets values in that order",
                    "{earlier} 在 {word} 之前放入，唯一的读进程也按这个顺序取值"
                ));
            }
        }
        for share in shares(&self.values, self.writers) {
            let puts: Vec<String> = share.iter().map(of_value).collect();
            for (role, words) in &got {
                if let Some((first, second)) = disorder(&puts, words, &self.values) {
                    return Some(both!(
                        "one process puts {first} before {second}, so {role} can't get {second} \
                         first",
                        "同一个进程先放 {first} 后放 {second}，{role} 不会先取到 {second}"
                    ));
                }
            }
        }
        let loses_nothing = match self.stop {
            Stop::Sentinel => self.sentinels.is_none() && self.kill.is_none(),
            Stop::Eof => !self.keep_end && self.kill.is_none(),
            Stop::Terminate | Stop::Empty | Stop::None => false,
        };
        let lost = puts.iter().find(|value| left.get(value.as_str()) > Some(&0));
        lost.filter(|_| loses_nothing).map(|value| {
            both!(
                "{value} is missing, and with these options the readers end only behind the last \
                 value",
                "少了 {value}，而按这些选项，读进程要到最后一个值之后才结束"
            )
        })
    }
}

fn of_value(value: &ValueArg) -> String {
    word(&value.value())
}

/// Two values that one process puts in this order, and that come in the other one; if no value is
/// put twice.
fn disorder<'a>(
    puts: &'a [String],
    got: &[String],
    all: &[ValueArg],
) -> Option<(&'a str, &'a str)> {
    let distinct: BTreeSet<_> = all.iter().map(of_value).collect();
    if distinct.len() < all.len() {
        return None;
    }
    let places = got.iter().filter_map(|word| puts.iter().position(|put| put == word));
    let places: Vec<_> = places.collect();
    let wrong = places.windows(2).find(|pair| pair[0] > pair[1])?;
    Some((&puts[wrong[1]], &puts[wrong[0]]))
}

/// The words of an outcome, by the role of who has got them, which is empty where none is given.
fn words_by_role(outcome: &str) -> Vec<(String, Vec<String>)> {
    let mut by_role = vec![(String::new(), Vec::new())];
    let mut rest = outcome.trim_start_matches([' ', ';']);
    while !rest.is_empty() {
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        let is_json = rest.starts_with(['"', '[', '{']);
        let (text, end) = match values.next() {
            Some(Ok(value)) if is_json => (word(&value), values.byte_offset()),
            _ => {
                let end = rest.find([' ', ';']).unwrap_or(rest.len());
                (rest[..end].to_owned(), end)
            }
        };
        match (text.strip_suffix(':'), by_role.last_mut()) {
            (Some(role), _) if !is_json => by_role.push((role.to_owned(), Vec::new())),
            (_, Some((_, words))) => words.push(text),
            (_, None) => {}
        }
        rest = rest[end..].trim_start_matches([' ', ';']);
    }
    by_role.retain(|(_, words)| !words.is_empty());
    by_role
}

#[cfg(test)]
mod tests {
    use clap::{Command, FromArgMatches as _};

    use super::*;
    use crate::words::locale::{Language, choose};

    #[test]
    fn what_a_queue_cannot_do_is_known() {
        choose(Language::En);
        let why_never = |options: &str, outcome: &str| {
            let command = <Args as clap::Args>::augment_args(Command::new("queue"));
            let words = ["queue"].into_iter().chain(options.split_whitespace());
            let matches = command.try_get_matches_from(words).expect(options);
            Args::from_arg_matches(&matches).expect(options).why_never_got(outcome)
        };
        for (options, possible) in [
            ("", "A B C"),
            ("", "A"),
            ("", ""),
            ("--readers 2", "reader-1: A C; reader-2: B"),
            ("--readers 2", "reader-2: B"),
            ("--writers 2", "B A C"),
            ("--stop sentinel --sentinels 0", "A B"),
            ("A A", "A A"),
            (r#"[1,"x;"] 2"#, r#"[1,"x;"] 2"#),
            ("--writer ./w", "X X"),
        ] {
            assert_eq!(why_never(options, possible), None, "{options}, {possible}");
        }
        for (options, impossible, reason) in [
            ("", "D", "D is never put"),
            ("", "A B C A", "A would be got more often than it is put"),
            ("", "B", "A is put before B, and the only reader gets"),
            ("", "reader-2: A", "there is no reader-2 that gets"),
            ("--readers 2", "reader-1: B A", "one process puts A before B, so reader-1 can't"),
            ("--writers 2", "C A B", "one process puts A before C"),
            ("--stop sentinel", "A B", "C is missing"),
            ("--stop eof", "", "A is missing"),
            ("--reader ./r", "A B", "C is missing"),
            ("--writer ./w", "reader-2: A", "there is no reader-2 that gets"),
        ] {
            let why = why_never(options, impossible).unwrap_or_default();
            assert!(why.starts_with(reason), "{options}, {impossible}: {why}");
        }
    }
}
