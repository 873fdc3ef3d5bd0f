//! The mistakes that get a run of the `pipe` lesson stuck.

use crate::stuck::{Mistake, mistakes};

mistakes! {
    /// The parent joins before it receives, and the pipe has no room for the message.
    JOIN_BEFORE_RECEIVE = Mistake {
        in_python: Some([
            "(In CPython, a one-way pipe has room for a message of 65,532 bytes; a two-way one, \
                which is a socket, has the size net.core.wmem_default: usually 219,264.)",
            "（在 CPython 里，单向管道装得下 65,532 字节的消息；双向管道是套接字，大小由 \
                net.core.wmem_default 决定，通常装得下 219,264 字节。）",
        ]),
        ..Mistake::of("join_before_receive", ["Receive before you join", "先接收，再 join"])
    };

    /// The parent joins a child that waits for the parent's answer.
    JOIN_BEFORE_REPLY = Mistake::of("join_before_reply", ["Reply before you join", "先回复，再 join"]);

    /// The parent waits for EOF, and holds a write end itself.
    KEPT_OWN_END = Mistake::of("kept_own_end", [
        "Close the end that the child has got",
        "交给子进程的那一端，父进程要关掉",
    ]);

    /// A child that was to send first waits for the answer: it has not flushed what it printed, if
    /// anything.
    UNFLUSHED = Mistake {
        is_users: true,
        ..Mistake::of("unflushed", [
            "The message has to be written before the reply is read, and flushed",
            "消息要在读回复之前写出，并且刷新缓冲区",
        ])
    };

    NOT_ALL_RECEIVED = Mistake {
        is_users: true,
        ..Mistake::of("not_all_received", [
            "Receive every message that the child sends",
            "子进程发送的每条消息都要接收",
        ])
    };
}
