//! A lesson as a handout: what to predict, what some runs did, the programs, and the answers on
//! pages of their own. It is for paper: A4, black and white, without a script.

use pulldown_cmark::{Parser, html::push_html};

use crate::both;
use crate::lessons::Demo;
use crate::predict::Experiment;
use crate::views::page::{escaped, framed};
use crate::words::locale;

const STYLE: &str = include_str!("handout.css");

/// A run that the handout shows.
pub(crate) struct RunOnPaper {
    /// The command, with the program's name.
    pub command: String,
    /// What it printed.
    pub lines: String,
    /// Its picture; who waited for whom, if it got stuck.
    pub picture: String,
}

/// The page: one HTML file.
pub(crate) fn handout(demo: &Demo, runs: &[RunOnPaper], has_answers: bool) -> String {
    let language = locale::chosen();
    // A test makes sure that the file can be read.
    let experiments = Experiment::all(Some(demo)).unwrap_or_default();
    let text = demo.text(language);
    let (title, sections) = text.split_once("\n\n").unwrap_or((text, ""));
    let title = title.trim_start_matches("# ");
    let mut body = format!("<h1>{}</h1>\n<p>{}</p>\n", escaped(title), super::sources(sections));
    let heading = |text: String| format!("<h2>{text}</h2>\n");
    body += &heading(both!("Predict", "先预测"));
    body += "<ol>\n";
    for experiment in &experiments {
        let (command, asked) = (experiment.in_shell(&experiment.command), experiment.sentence());
        body += &format!("<li><p><code>{}</code></p><p>{}</p>", escaped(&command), escaped(&asked));
        let choices = experiment.choices();
        match choices.is_empty() {
            true => body += "<p class=blank>",
            false => body += &format!("<pre>{}</pre>", escaped(&choices.join("\n"))),
        }
        body += "</li>\n";
    }
    body += "</ol>\n";
    body += &heading(both!("What happened in some runs", "几次实际的运行"));
    for run in runs {
        let RunOnPaper { command, lines, picture } = run;
        let [command, lines, picture] = [command, lines, picture].map(|it| escaped(it));
        body += &format!("<section><h3><code>{command}</code></h3>\n<pre>{lines}</pre>\n");
        body += &format!("<pre class=picture>{picture}</pre></section>\n");
    }
    body += &heading(both!("The program in Python", "Python 程序"));
    body += &format!("<pre>{}</pre>\n", escaped(&demo.python(language)));
    body += &heading(both!("The same in Rust", "同样的程序，用 Rust 写成"));
    body += &format!("<pre>{}</pre>\n", escaped(&demo.rust(language)));
    if has_answers {
        body += "<div class=answers>\n";
        body += &heading(both!("Answers", "答案"));
        body += "<ol>\n";
        for experiment in &experiments {
            let (truth, reason) = (experiment.question.truth(), experiment.reason());
            let [truth, reason] = [&truth, reason].map(escaped);
            body += &both!(
                "<li><p><b>{truth}.</b> {reason}</p></li>\n",
                "<li><p><b>{truth}。</b>{reason}</p></li>\n"
            );
        }
        body += "</ol>\n";
        push_html(&mut body, Parser::new(sections));
        body += "</div>\n";
    }
    framed(&format!("mp-demo: {title}"), &body, STYLE, None)
}
