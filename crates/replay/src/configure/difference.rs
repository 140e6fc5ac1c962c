//! What a change changes.

use super::edit::Block;
use crate::check::WIDTH;
use crate::verbatim_json::{Members, same};
use comfy_table::{ContentArrangement, Table, presets};
use replay::safe_output::{plain, plain_lines};
use serde_json::value::RawValue;
use std::io;

/// The properties that differ, with their values; none if nothing does.
pub(super) fn table(now: Option<&Block>, then: Option<&Members>) -> io::Result<Option<Table>> {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    table.set_header(["property", "now", "then"]);
    let empty = Members::default();
    let before = match now {
        Some(Block::Properties(members)) => members,
        _ => &empty,
    };
    if let Some(Block::Other(other)) = now {
        let other = plain_lines(other.get());
        table.add_row(["(the whole)", &*other, if then.is_some() { "an object" } else { "–" }]);
    } else if now.is_some() != then.is_some() {
        let is_there = |there| if there { "there" } else { "–" };
        table.add_row(["(the whole)", is_there(now.is_some()), is_there(then.is_some())]);
    }
    let after = then.unwrap_or(&empty);
    let mut names = before.names();
    names.extend(after.names().into_iter().filter(|name| before.get(name).is_none()));
    for name in names {
        let (old, new) = (before.get(&name), after.get(&name));
        if !matches!((old, new), (Some(old), Some(new)) if same(old, new)) {
            let shown = |value: Option<&RawValue>| plain_lines(value.map_or("–", RawValue::get)).into_owned();
            table.add_row([plain(&name).into_owned(), shown(old), shown(new)]);
        }
    }
    Ok((table.row_count() > 0).then_some(table))
}
