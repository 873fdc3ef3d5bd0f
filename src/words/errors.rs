//! What went wrong, in the language in which this process speaks.

use std::io;

use anyhow::Error;
use rustix::io::Errno;

use crate::both;
use crate::words::locale::{self, Language};

/// An error and its causes, from the outermost to the innermost, in one sentence.
pub(crate) fn sentence(error: &Error) -> String {
    error.chain().map(words).collect::<Vec<_>>().join(&both!(": ", "："))
}

/// An error of the operating system.
pub(crate) fn io_error(error: &io::Error) -> String {
    words(error)
}

/// What is wrong with some JSON, without the position in it.
pub(crate) fn json_error(error: &serde_json::Error) -> String {
    json_text(&error.to_string())
}

/// What is wrong with some JSON, from serde_json's message.
pub(crate) fn json_text(text: &str) -> String {
    // Only single lines are read here, so the position says little.
    let what = text.rsplit_once(" at line ").map_or(text, |(what, _)| what);
    match locale::chosen() {
        Language::En => what.to_owned(),
        Language::Zh => json_in_chinese(what),
    }
}

/// The name of the missing field, if that is what is wrong with a JSON object.
pub(crate) fn missing_field(error: &str) -> Option<&str> {
    let (field, _) = error.strip_prefix("missing field `")?.split_once('`')?;
    Some(field)
}

/// The operating system's number of an error, if it has one.
pub(crate) fn errno_of(error: &(dyn std::error::Error + 'static)) -> Option<i32> {
    let errno = error.downcast_ref().and_then(io::Error::raw_os_error);
    let errno = errno.or_else(|| Some(error.downcast_ref::<Errno>()?.raw_os_error()));
    errno.or_else(|| Some(*error.downcast_ref::<nix::errno::Errno>()? as i32))
}

/// One cause of an error's chain. Our own sentences are in the right language already.
fn words(cause: &(dyn std::error::Error + 'static)) -> String {
    if locale::chosen() == Language::En {
        let text = cause.to_string();
        // std adds the number of an error to its name, which says it all.
        return match text.rsplit_once(" (os error ") {
            Some((name, _)) if errno_of(cause).is_some() => name.to_owned(),
            _ => text,
        };
    }
    if let Some(number) = errno_of(cause) {
        let known = CHINESE.iter().find(|(errno, _)| errno.raw_os_error() == number);
        return known.map_or(format!("系统错误 {number}"), |(_, sentence)| (*sentence).into());
    }
    match cause.downcast_ref().map(io::Error::kind) {
        Some(io::ErrorKind::InvalidData) => return "数据格式不对".into(),
        Some(io::ErrorKind::UnexpectedEof) => return "数据在中途结束".into(),
        Some(_) => return "输入或输出出错".into(),
        None => {}
    }
    match cause.downcast_ref::<serde_json::Error>() {
        Some(error) => json_in_chinese(&error.to_string()),
        None => cause.to_string(),
    }
}

/// A recording has only serde_json's message, so the kind of error is found by the message's
/// beginning.
fn json_in_chinese(error: &str) -> String {
    match missing_field(error) {
        Some(field) => format!("缺少字段 `{field}`"),
        None if error.starts_with("invalid ") || error.starts_with("unknown ") => {
            "有字段的值不合要求".into()
        }
        None if error.starts_with("EOF") => "JSON 没有写完".into(),
        None => "不符合 JSON 语法".into(),
    }
}

/// The errors that this program may meet; the wording is mostly glibc's.
const CHINESE: &[(Errno, &str)] = &[
    (Errno::PERM, "不允许这样操作"),
    (Errno::NOENT, "没有这个文件或文件夹"),
    (Errno::SRCH, "没有这个进程"),
    (Errno::IO, "输入/输出错误"),
    (Errno::TOOBIG, "参数列表过长"),
    (Errno::NOEXEC, "可执行文件格式错误"),
    (Errno::BADF, "文件描述符无效"),
    (Errno::CHILD, "没有子进程"),
    (Errno::AGAIN, "资源暂时不可用"),
    (Errno::NOMEM, "内存不足"),
    (Errno::ACCESS, "权限不够"),
    (Errno::EXIST, "文件已存在"),
    (Errno::NOTDIR, "不是文件夹"),
    (Errno::ISDIR, "是一个文件夹"),
    (Errno::INVAL, "参数无效"),
    (Errno::NFILE, "系统中打开的文件过多"),
    (Errno::MFILE, "打开的文件过多"),
    (Errno::NOTTY, "不支持这种设备操作"),
    (Errno::TXTBSY, "程序文件正在使用"),
    (Errno::NOSPC, "设备上没有空间"),
    (Errno::ROFS, "文件系统只读"),
    (Errno::PIPE, "管道已断开"),
    (Errno::NAMETOOLONG, "文件名过长"),
    (Errno::NOSYS, "系统没有实现这个调用"),
    (Errno::LOOP, "符号链接层数过多"),
    (Errno::OPNOTSUPP, "不支持这样操作"),
    (Errno::ADDRINUSE, "地址已被占用"),
    (Errno::ADDRNOTAVAIL, "地址不可用"),
    (Errno::NETUNREACH, "网络不可达"),
    (Errno::CONNRESET, "连接被对方重置"),
    (Errno::TIMEDOUT, "等待超时"),
    (Errno::CONNREFUSED, "连接被拒绝"),
    (Errno::DQUOT, "超出磁盘配额"),
];
