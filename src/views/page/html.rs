//! The frame of a page: one file that sends no request and runs no script but its own.

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
    let scripts = data.map_or("'none'".into(), |_| hash(SCRIPT));
    let styles = hash(style);
    let script = data.map(|data| {
        // Within a string of JSON, `<` may be written so, and elsewhere there is none.
        let data = data.replace('<', "\\u003c");
        format!(
            "<script type=\"application/json\" id=data>{data}</script>\n<script>{SCRIPT}</script>\n"
        )
    });
    let generator = both!("made by mp-demo", "由 mp-demo 生成");
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n<meta \
         http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {styles}; \
         script-src {scripts}; base-uri 'none'; form-action 'none'\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<meta name=\"generator\" \
         content=\"{generator}\">\n<title>{title}</title>\n<style>{style}</style>\n</head>\n\
         <body>\n{body}\n{}</body>\n</html>\n",
        script.unwrap_or_default()
    )
}

/// What a Content-Security-Policy says of this script or style: only this one.
fn hash(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digest = hmac_sha256::Hash::hash(text.as_bytes());
    let mut base64 = String::new();
    for bytes in digest.chunks(3) {
        let bits = (0..3).fold(0, |bits, place| {
            bits << 8 | u32::from(bytes.get(place).copied().unwrap_or_default())
        });
        let digit = |place: u32| char::from(DIGITS[(bits >> (18 - 6 * place) & 63) as usize]);
        base64.extend((0..=bytes.len() as u32).map(digit));
        base64 += &"=".repeat(3 - bytes.len());
    }
    format!("'sha256-{base64}'")
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
        assert!(page.contains("[\"\\u003c/script>\\u003c!--\"]"));
    }

    #[test]
    fn a_policy_names_the_hash_of_what_may_run() {
        // `printf abc | openssl dgst -sha256 -binary | base64`
        assert_eq!(hash("abc"), "'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='");
    }
}
