//! Who is at the other end of a Unix-domain socket: sock_diag(7), which /proc doesn't tell.

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

/// Any socket, whatever its number of generation is.
const ANY_COOKIE: [u8; 8] = [0xff; 8];
/// The kernel answers in parts that are no longer than this.
const LONGEST_PART: usize = 1 << 15;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Peer {
    /// Another socket of this machine, by its inode: socketpair(2), or a connection to a name in
    /// the file system.
    Socket(u64),
    /// Nothing yet: whoever knows its name may connect or send to it.
    Anybody(String),
    /// Nothing any more.
    Nobody,
    /// It is no Unix-domain socket, but one of the network (or of another network namespace).
    Network,
}

/// What the Unix-domain sockets of this machine are connected to, by their inodes. The kernel is
/// asked for all at once: for one of them it would go through all of them, too.
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
