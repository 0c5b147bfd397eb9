//! What stands around a control: its group, its hint, and the text beside it that no markup ties to it.

use crate::facts::access::name::{accessible_name, content};
use crate::facts::dom::{Dom, fold_space, shorten};
use crate::model::Exposure;
use std::collections::HashMap;

/// Levels above a control within which its own wrapper is looked for. Our choice: deeper ones are layout.
const LEVELS: usize = 6;

/// Nodes that are read around a control. Our choice, so that the work for each control is bounded.
const NODES: u32 = 60;

/// Characters that are kept of a hint or a group's name. Our choice.
const KEPT: usize = 200;

/// What is counted once for a page, so that each control is looked up in constant time.
pub(super) struct Around<'d> {
    dom: &'d Dom,
    /// For each index, how many controls come before it.
    before: Vec<u32>,
    groups: HashMap<u32, String>,
}

/// A group and its name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Group {
    /// Index of the element.
    pub node: Option<u32>,
    /// Its legend or name.
    pub name: String,
}

impl<'d> Around<'d> {
    /// Counts the controls of a page.
    pub(super) fn new(dom: &'d Dom) -> Self {
        let mut before = Vec::with_capacity(dom.len() as usize + 1);
        let mut count = 0;
        for i in 0..dom.len() {
            before.push(count);
            let is_control = matches!(dom.tag(i), "input" | "select" | "textarea")
                && dom.attr(i, "type").is_none_or(|t| !t.eq_ignore_ascii_case("hidden"));
            count += u32::from(is_control);
        }
        before.push(count);
        Self { dom, before, groups: HashMap::new() }
    }

    fn controls_in(&self, i: u32) -> u32 {
        self.before[self.dom.node(i).end as usize] - self.before[i as usize]
    }

    /// The group around a control: a fieldset, or an element with a group's role.
    pub(super) fn group(&mut self, i: u32) -> Group {
        let dom = self.dom;
        let is_group = |&a: &u32| {
            dom.tag(a) == "fieldset" || dom.attr(a, "role").is_some_and(|r| matches!(r.trim(), "group" | "radiogroup"))
        };
        let Some(node) = dom.ancestors_and_self(i).find(is_group) else { return Group::default() };
        let name = self.groups.entry(node).or_insert_with(|| shorten(&name_of_group(dom, node), KEPT)).clone();
        Group { node: Some(node), name }
    }

    /// The text tied to a control by `aria-describedby`, in sight.
    pub(super) fn described(&self, i: u32) -> String {
        tied(self.dom, i, "aria-describedby")
    }

    /// The text of an error tied to a control.
    pub(super) fn error(&self, i: u32) -> String {
        tied(self.dom, i, "aria-errormessage")
    }

    /// The text that stands with a control in a wrapper of its own, without its labels.
    pub(super) fn beside(&self, i: u32) -> String {
        let dom = self.dom;
        let is_own = |&a: &u32| {
            self.controls_in(a) <= 1
                && dom.node(a).end - a <= NODES
                && !matches!(dom.tag(a), "form" | "body" | "main" | "fieldset")
        };
        let wrapper = dom.ancestors_and_self(i).skip(1).take(LEVELS).take_while(is_own).last();
        let Some(wrapper) = wrapper else { return String::new() };
        let mut text = String::new();
        let mut j = wrapper + 1;
        while j < dom.node(wrapper).end {
            let node = dom.node(j);
            let is_other =
                matches!(dom.tag(j), "label" | "legend" | "button" | "a" | "select" | "textarea" | "script" | "style");
            if is_other || node.exposure == Exposure::Hidden {
                j = node.end;
                continue;
            }
            if !node.is_element {
                text.push(' ');
                text.push_str(dom.raw_text(j));
            }
            j += 1;
        }
        shorten(&fold_space(&text), KEPT)
    }

    /// The last text before a control that belongs to no other, as a table's cell or a line above it.
    pub(super) fn ahead(&self, i: u32) -> String {
        let dom = self.dom;
        let first = i.saturating_sub(NODES / 2);
        for j in (first..i).rev() {
            if self.before[j as usize] < self.before[i as usize]
                && self.before[j as usize + 1] > self.before[j as usize]
            {
                break;
            }
            let node = dom.node(j);
            if !node.is_element
                && node.exposure != Exposure::Hidden
                && dom.raw_text(j).chars().any(char::is_alphanumeric)
            {
                return shorten(&fold_space(dom.raw_text(j)), KEPT / 2);
            }
        }
        String::new()
    }

    /// The first text after a control, where what is ticked is mostly named.
    pub(super) fn behind(&self, i: u32) -> String {
        let dom = self.dom;
        let last = dom.node(i).end.saturating_add(6).min(dom.len());
        let has_text = |&j: &u32| {
            !dom.node(j).is_element
                && dom.node(j).exposure != Exposure::Hidden
                && dom.raw_text(j).chars().any(char::is_alphanumeric)
        };
        let found = (dom.node(i).end..last).find(has_text);
        found.map(|j| shorten(&fold_space(dom.raw_text(j)), KEPT / 2)).unwrap_or_default()
    }
}

fn tied(dom: &Dom, i: u32, attribute: &str) -> String {
    let Some(ids) = dom.attr(i, attribute) else { return String::new() };
    let seen = |&at: &u32| dom.node(at).exposure != Exposure::Hidden;
    let parts: Vec<String> = ids
        .split_ascii_whitespace()
        .take(4)
        .filter_map(|id| dom.by_id(id))
        .filter(seen)
        .map(|at| content(dom, at))
        .collect();
    shorten(&fold_space(&parts.join(" ")), KEPT)
}

fn name_of_group(dom: &Dom, group: u32) -> String {
    if dom.tag(group) == "fieldset" {
        return accessible_name(dom, group).to_owned();
    }
    // A group role is named by its author only, never by its content.
    let named = ["aria-label", "aria-labelledby", "title"].iter().any(|a| dom.attr(group, a).is_some());
    if named { accessible_name(dom, group).to_owned() } else { String::new() }
}
