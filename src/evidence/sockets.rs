//! The peers of Unix-domain sockets, from sock_diag(7): /proc doesn't tell them.

use std::collections::HashMap;

use netlink_packet_core::{
    NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_sock_diag::SockDiagMessage;
use netlink_packet_sock_diag::constants::TCP_LISTEN;
use netlink_packet_sock_diag::unix::nlas::UnixDiagName;
use netlink_packet_sock_diag::unix::{ShowFlags, StateFlags, UnixRequest, UnixResponse};
use rustix::net::netlink::{SOCK_DIAG, SocketAddrNetlink};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with,
};

/// The cookie that stands for any socket.
const ANY_COOKIE: [u8; 8] = [0xff; 8];
/// The longest part of the kernel's answer, in bytes.
const LONGEST_PART: usize = 1 << 15;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Peer {
    /// Another socket of this machine, by its inode: socketpair(2), or a connection to a name in
    /// the file system.
    Socket(u64),
    /// No peer yet: any process that knows the socket's name may connect or send to it.
    Anybody(String),
    /// No peer any more.
    Nobody,
    /// The socket is no Unix-domain socket, but a network one (or of another network namespace).
    Network,
}

/// The peer of each Unix-domain socket of this machine, by inode. All are asked for at once, since
/// the kernel would go through all of them for one, too.
pub(super) fn peers() -> Option<HashMap<u64, Peer>> {
    let (family, flags) = (AddressFamily::NETLINK, SocketFlags::CLOEXEC);
    let kernel = socket_with(family, SocketType::DGRAM, flags, Some(SOCK_DIAG)).ok()?;
    let request = SockDiagMessage::UnixRequest(UnixRequest {
        state_flags: StateFlags::all(),
        inode: 0,
        show_flags: ShowFlags::PEER | ShowFlags::NAME,
        cookie: ANY_COOKIE,
    });
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_REQUEST | NLM_F_DUMP;
    let mut message = NetlinkMessage::new(header, NetlinkPayload::from(request));
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    sendto(&kernel, &bytes, SendFlags::empty(), &SocketAddrNetlink::new(0, 0)).ok()?;

    let mut peers = HashMap::new();
    let mut part = vec![0; LONGEST_PART];
    loop {
        let (length, _) = recv(&kernel, &mut part, RecvFlags::empty()).ok()?;
        let mut rest = &part[..length];
        while !rest.is_empty() {
            let answer = NetlinkMessage::<SockDiagMessage>::deserialize(rest).ok()?;
            match answer.payload {
                NetlinkPayload::InnerMessage(SockDiagMessage::UnixResponse(socket)) => {
                    peers.insert(socket.header.inode.into(), peer_of(&socket));
                }
                NetlinkPayload::Done(_) => return Some(peers),
                _ => return None,
            }
            // Each message begins at a multiple of four.
            let length = answer.header.length as usize;
            rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        }
    }
}

fn peer_of(socket: &UnixResponse) -> Peer {
    match (socket.peer(), socket.name()) {
        (Some(peer), _) => Peer::Socket(peer.into()),
        (None, Some(UnixDiagName::Pathname(path))) => {
            Peer::Anybody(path.to_string_lossy().into_owned())
        }
        (None, Some(_)) => Peer::Anybody(String::new()),
        (None, None) if socket.header.state == TCP_LISTEN => Peer::Anybody(String::new()),
        (None, None) => Peer::Nobody,
    }
}
