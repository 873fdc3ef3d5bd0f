//! What the user's locale says: the language of texts, and whether the terminal takes more than
//! ASCII.

use std::env;
use std::ffi::OsStr;
use std::sync::OnceLock;

use clap::ValueEnum;
use clap::builder::{EnumValueParser, PossibleValue, TypedValueParser};
use serde::{Deserialize, Serialize};

/// A language that the texts are written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English
    En,
    /// 中文
    Zh,
}

impl Language {
    /// The language that the environment asks for, English if it asks for none that we have.
    /// `variable` tells the value of an environment variable, if it is set.
    ///
    /// The precedence is that of GNU gettext ("Locale Environment Variables" and "The LANGUAGE
    /// variable" in its manual): the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set and
    /// not empty is the locale; if that is not `C`, the list in `LANGUAGE` goes first.
    pub(crate) fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Language {
        let locale = first_set(&variable, &["LC_ALL", "LC_MESSAGES", "LANG"]);
        if matches!(locale.as_str(), "" | "C" | "POSIX") {
            return Language::En;
        }
        let wanted = match variable("LANGUAGE") {
            Some(languages) if !languages.is_empty() => languages,
            _ => locale,
        };
        wanted.split(':').find_map(Language::of_locale).unwrap_or(Language::En)
    }

    /// The language with this name, `en` or `zh`, or of a locale such as `zh_CN.UTF-8` or
    /// `zh-Hant`, if we have it.
    pub(crate) fn of_locale(locale: &str) -> Option<Language> {
        match locale.split(['_', '.', '@', '-']).next() {
            Some("en" | "C" | "POSIX") => Some(Language::En),
            Some("zh" | "ZH") => Some(Language::Zh),
            _ => None,
        }
    }
}

/// Parses `--lang`: shows the names `en` and `zh`, and takes names of locales, too.
#[derive(Clone)]
pub(crate) struct LanguageParser;

impl TypedValueParser for LanguageParser {
    type Value = Language;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Language, clap::Error> {
        match value.to_str().and_then(Language::of_locale) {
            Some(language) => Ok(language),
            // clap's own error message, with the possible names.
            None => EnumValueParser::<Language>::new().parse_ref(command, arg, value),
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let values = Language::value_variants().iter();
        Some(Box::new(values.filter_map(ValueEnum::to_possible_value)))
    }
}

/// The language that this process speaks, chosen once, after its command line was read.
static CHOSEN: OnceLock<Language> = OnceLock::new();

/// Speaks this language from now on. The first choice counts.
pub fn choose(language: Language) {
    let _ = CHOSEN.set(language);
}

/// The language in which this process speaks; the environment's as long as none was chosen.
pub(crate) fn chosen() -> Language {
    CHOSEN.get().copied().unwrap_or_else(of_environment)
}

pub(crate) fn of_environment() -> Language {
    Language::from_environment(|name| env::var(name).ok())
}

/// A sentence for the user, written in both languages: `both!("cannot open {name}", "无法打开
/// {name}")`. It is a `String` in the language in which this process speaks.
macro_rules! both {
    ($english:literal, $chinese:literal $(,)?) => {
        match $crate::words::locale::chosen() {
            $crate::words::locale::Language::En => format!($english),
            $crate::words::locale::Language::Zh => format!($chinese),
        }
    };
}

pub(crate) use both;

/// A text in both languages, English first.
pub type Both = [&'static str; 2];

/// The text in the language that this process speaks.
pub fn in_words(both: Both) -> &'static str {
    both[chosen() as usize]
}

/// A text of a file in both languages.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    en: String,
    zh: String,
}

impl Texts {
    /// The text in the language that this process speaks.
    pub fn chosen(&self) -> &str {
        match chosen() {
            Language::En => &self.en,
            Language::Zh => &self.zh,
        }
    }
}

/// Whether the environment says that text is UTF-8: the first of `LC_ALL`, `LC_CTYPE` and `LANG`
/// that is set decides, as in setlocale(3).
pub(crate) fn is_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let locale = first_set(&variable, &["LC_ALL", "LC_CTYPE", "LANG"]).to_lowercase();
    let charset = locale.split('@').next().and_then(|locale| locale.split_once('.'));
    matches!(charset, Some((_, "utf-8" | "utf8")))
}

fn first_set(variable: impl Fn(&str) -> Option<String>, names: &[&str]) -> String {
    names
        .iter()
        .filter_map(|name| variable(name))
        .find(|value| !value.is_empty())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks a variable up in `LANG=... LC_ALL=...`.
    fn environment(settings: &'static str) -> impl Fn(&str) -> Option<String> {
        move |name| {
            let settings = settings.split_whitespace();
            let mut settings = settings.filter_map(|setting| setting.split_once('='));
            settings.find(|(set, _)| *set == name).map(|(_, value)| value.to_owned())
        }
    }

    #[test]
    fn the_language_has_the_precedence_of_gettext() {
        for (settings, expected) in [
            ("", Language::En),
            ("LANG=zh_CN.UTF-8", Language::Zh),
            ("LANG=zh", Language::Zh),
            ("LANG=de_DE.UTF-8", Language::En),
            ("LANG=en_GB.UTF-8 LC_MESSAGES=zh_TW.UTF-8", Language::Zh),
            ("LC_ALL=C LC_MESSAGES=zh_CN.UTF-8 LANG=zh_CN.UTF-8", Language::En),
            ("LC_ALL= LANG=zh_CN.UTF-8", Language::Zh),
            ("LANG=en_GB.UTF-8 LANGUAGE=fr:zh_CN:en", Language::Zh),
            ("LANG=zh_CN.UTF-8 LANGUAGE=en:zh", Language::En),
            ("LANG=zh_CN.UTF-8 LANGUAGE=", Language::Zh),
            ("LC_ALL=POSIX LANGUAGE=zh", Language::En),
            ("LC_ALL=C.UTF-8 LANGUAGE=zh", Language::Zh),
            ("LANGUAGE=zh", Language::En),
        ] {
            let language = Language::from_environment(environment(settings));
            assert_eq!(language, expected, "{settings}");
        }
    }

    #[test]
    fn the_locale_says_whether_text_is_utf_8() {
        for (settings, expected) in [
            ("", false),
            ("LANG=C", false),
            ("LANG=zh_CN.UTF-8", true),
            ("LANG=C.utf8", true),
            ("LANG=de_DE.UTF-8@euro", true),
            ("LANG=zh_CN.GB18030", false),
            ("LC_ALL=C LANG=zh_CN.UTF-8", false),
            ("LC_CTYPE=C.UTF-8 LANG=C", true),
        ] {
            assert_eq!(is_utf8(environment(settings)), expected, "{settings}");
        }
    }
}
