//! The agent's activity in TaskRouter.

/// Name of the activity in which nobody works, in a workspace that does not tell which one it is.
const OFFLINE: &str = "Offline";

/// An activity as Flex has it.
#[derive(Clone, Copy, Debug)]
pub struct Activity<'a> {
    /// Its name, which an admin may change.
    pub name: &'a str,
    /// Its SID.
    pub sid: &'a str,
}

impl Activity<'_> {
    /// Whether the agent does not work. `offline_sid`: the activity of which the workspace says so.
    #[must_use]
    pub fn is_offline(&self, offline_sid: Option<&str>) -> bool {
        offline_sid.map_or(self.name == OFFLINE, |offline| self.sid == offline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offline_is_what_the_workspace_says_and_by_its_name_only_where_it_says_nothing() {
        let renamed = Activity { name: "Feierabend", sid: "WA1" };
        assert!(renamed.is_offline(Some("WA1")));
        assert!(!renamed.is_offline(None));
        let offline = Activity { name: "Offline", sid: "WA2" };
        assert!(offline.is_offline(None));
        assert!(!offline.is_offline(Some("WA1")));
    }
}
