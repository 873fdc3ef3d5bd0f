//! Who is at the other end of a Unix-domain socket: sock_diag(7), which /proc doesn't tell.

use std::io::ErrorKind;

use netlink_packet_core::{NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
use netlink_packet_sock_diag::SockDiagMessage;
use netlink_packet_sock_diag::constants::TCP_LISTEN;
use netlink_packet_sock_diag::unix::nlas::UnixDiagName;
use netlink_packet_sock_diag::unix::{ShowFlags, StateFlags, UnixRequest};
use rustix::fd::OwnedFd;
use rustix::net::netlink::{SOCK_DIAG, SocketAddrNetlink};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with,
};

/// Any socket, whatever its number of generation is.
const ANY_COOKIE: [u8; 8] = [0xff; 8];
/// An answer about one socket is far shorter.
const LONGEST_ANSWER: usize = 4096;

/// What a socket is connected to.
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

/// Asks the kernel about sockets.
pub struct Sockets(Option<OwnedFd>);

impl Sockets {
    /// A way to ask. Where the kernel has none, it answers nothing.
    pub fn open() -> Sockets {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let family = AddressFamily::NETLINK;
        Sockets(socket_with(family, SocketType::DGRAM, flags, Some(SOCK_DIAG)).ok())
    }

    /// What the socket with this inode is connected to. Nothing where the kernel doesn't tell.
    pub fn peer(&self, inode: u64) -> Option<Peer> {
        let kernel = self.0.as_ref()?;
        let request = UnixRequest {
            state_flags: StateFlags::all(),
            inode: u32::try_from(inode).ok()?,
            show_flags: ShowFlags::PEER | ShowFlags::NAME,
            cookie: ANY_COOKIE,
        };
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST;
        let request = SockDiagMessage::UnixRequest(request);
        let mut message = NetlinkMessage::new(header, NetlinkPayload::from(request));
        message.finalize();
        let mut bytes = vec![0; message.buffer_len()];
        message.serialize(&mut bytes);
        sendto(kernel, &bytes, SendFlags::empty(), &SocketAddrNetlink::new(0, 0)).ok()?;

        let mut answer = vec![0; LONGEST_ANSWER];
        let (length, _) = recv(kernel, &mut answer, RecvFlags::empty()).ok()?;
        let answer = NetlinkMessage::<SockDiagMessage>::deserialize(&answer[..length]).ok()?;
        match answer.payload {
            NetlinkPayload::InnerMessage(SockDiagMessage::UnixResponse(socket)) => {
                Some(match socket.peer() {
                    Some(peer) => Peer::Socket(peer.into()),
                    None => match socket.name() {
                        Some(name) => Peer::Anybody(name_of(name)),
                        None if socket.header.state == TCP_LISTEN => Peer::Anybody(String::new()),
                        None => Peer::Nobody,
                    },
                })
            }
            // There is no Unix-domain socket with this inode.
            NetlinkPayload::Error(error) => {
                let is_unknown = error.to_io().kind() == ErrorKind::NotFound;
                is_unknown.then_some(Peer::Network)
            }
            _ => None,
        }
    }
}

fn name_of(name: &UnixDiagName) -> String {
    match name {
        UnixDiagName::Pathname(path) => path.to_string_lossy().into_owned(),
        _ => String::new(),
    }
}
