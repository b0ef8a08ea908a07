//! The events of a Windows console: Ctrl-C, Ctrl-Break, the close of its window, the end of the
//! session, and a shutdown. They are heard in a thread of their own, which can end the process even
//! while everything else is waiting for a slow disk.

use std::sync::LazyLock;
use std::sync::atomic::Ordering;
use std::thread;

use signal_hook::low_level;
use tokio::runtime::Builder;
use tokio::signal::windows::{
    CtrlBreak, CtrlC, CtrlClose, CtrlLogoff, CtrlShutdown, ctrl_break, ctrl_c, ctrl_close,
    ctrl_logoff, ctrl_shutdown,
};
use tokio::sync::watch::{self, Receiver, Sender};

use super::flag::{ENDS_AT_ONCE, INTERRUPTED};

/// Tells everybody who listens of each event that has not ended the process.
static HEARD: LazyLock<Sender<()>> = LazyLock::new(|| watch::channel(()).0);

/// Hears the events of the console from now on. The window that is closed waits some seconds for the
/// process to end, as the session and the system do.
pub fn install() {
    // Here and not in the thread: what comes next is heard already. Where the system refuses, it
    // ends the process itself, which is as good.
    let Ok(mut events) = Events::listen() else { return };
    let Ok(runtime) = Builder::new_current_thread().build() else { return };
    let _ = thread::Builder::new().name("events of the console".to_owned()).spawn(move || {
        runtime.block_on(async {
            loop {
                events.next().await;
                if ENDS_AT_ONCE.swap(true, Ordering::SeqCst) {
                    end();
                }
                HEARD.send_replace(());
            }
        });
    });
}

/// Ends the process as an event does that nobody heeds.
pub(super) fn end() {
    low_level::exit(INTERRUPTED);
}

struct Events {
    c: CtrlC,
    r#break: CtrlBreak,
    close: CtrlClose,
    logoff: CtrlLogoff,
    shutdown: CtrlShutdown,
}

impl Events {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            c: ctrl_c()?,
            r#break: ctrl_break()?,
            close: ctrl_close()?,
            logoff: ctrl_logoff()?,
            shutdown: ctrl_shutdown()?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.c.recv() => {}
            _ = self.r#break.recv() => {}
            _ = self.close.recv() => {}
            _ = self.logoff.recv() => {}
            _ = self.shutdown.recv() => {}
        }
    }
}

/// The signals as they arrive, for work in a runtime.
#[derive(Debug)]
pub struct Arrivals {
    heard: Receiver<()>,
}

impl Arrivals {
    /// Listens from now on.
    pub fn listen() -> Self {
        Self { heard: HEARD.subscribe() }
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        if self.heard.changed().await.is_err() {
            std::future::pending().await
        }
    }
}
