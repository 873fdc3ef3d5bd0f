//! The frame of a page: one file that sends no request and runs no script but its own.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::both;
use crate::words::locale::{Language, chosen};
use crate::words::plain::on_its_lines;

const SCRIPT: &str = include_str!("page.js");

/// A text as it stands between tags, or in quotes within one: it is shown, and nothing in it acts.
pub(crate) fn escaped(text: &str) -> String {
    let text = on_its_lines(text);
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => shown += "&amp;",
            '<' => shown += "&lt;",
            '>' => shown += "&gt;",
            '"' => shown += "&quot;",
            _ => shown.push(c),
        }
    }
    shown
}

/// A whole page with this body and style. `data` is JSON for the script, one object for each run; a
/// page without it has no script.
pub(crate) fn framed(title: &str, body: &str, style: &str, data: Option<&str>) -> String {
    let title = escaped(title);
    let language = match chosen() {
        Language::En => "en",
        Language::Zh => "zh-CN",
    };
    let mark = mark((body, data));
    let scripts = data.map_or("none".into(), |_| format!("nonce-{mark}"));
    let script = data.map(|data| {
        // Within a string of JSON, `<` may be written so, and elsewhere there is none.
        let data = data.replace('<', "\\u003c");
        format!(
            "<script type=\"application/json\" id=data>{data}</script>\n\
             <script nonce={mark}>{SCRIPT}</script>\n"
        )
    });
    let generator = both!("made by mp-demo", "由 mp-demo 生成");
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n<meta \
         http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
         'nonce-{mark}'; script-src '{scripts}'; base-uri 'none'; form-action 'none'\">\n<meta \
         name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta \
         name=\"generator\" content=\"{generator}\">\n<title>{title}</title>\n<style \
         nonce={mark}>{style}</style>\n</head>\n<body>\n{body}\n{}</body>\n</html>\n",
        script.unwrap_or_default()
    )
}

/// The mark of the only script and style that the page's policy lets act. It follows from all that
/// the page shows, so nothing that is shown can bear it.
fn mark(shown: impl Hash) -> String {
    let mut hasher = DefaultHasher::new();
    shown.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_acts() {
        let text = "</script><b a=\"x\">&\u{202e}\0\u{1b}[2J\u{2028}\n中";
        let shown = "&lt;/script&gt;&lt;b a=&quot;x&quot;&gt;&amp;\\u202e\\x00\\x1b[2J\\u2028\n中";
        assert_eq!(escaped(text), shown);
        let page = framed("</title>", "", "", Some("[\"</script><!--\"]"));
        assert_eq!(page.matches("</script>").count(), 2);
        let other = framed("</title>", "<script>", "", Some("[\"</script><!--\"]"));
        let marked = page.lines().find(|line| line.starts_with("<script nonce="));
        assert!(!other.contains(marked.expect("a script")), "{marked:?}");
        assert!(page.contains("[\"\\u003c/script>\\u003c!--\"]"));
    }
}
