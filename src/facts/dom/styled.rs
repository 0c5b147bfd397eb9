//! A tree takes over what style sheets make of its elements: from then on what they hide is hidden for everything that is measured.

use super::Dom;
use crate::facts::access::hidden::Shown;
use crate::facts::access::{Styled, Styles};
use crate::facts::style::{Looks, controlled};
use crate::model::{Exposure, KeyStop, Keys, Terminal};
use std::cell::OnceCell;

impl Dom {
    /// What styles make of the elements, where a style engine was asked.
    pub fn styles(&self) -> Option<&Styles> {
        self.styles.as_ref()
    }

    /// The kiosk whose screen the page is; `None` for a website.
    pub fn terminal(&self) -> Option<&Terminal> {
        self.terminal.as_ref()
    }

    /// Says whose screen the page is.
    pub fn set_terminal(&mut self, terminal: Option<&Terminal>) {
        self.terminal = terminal.cloned();
    }

    /// Takes over what the keyboard met in a browser, unless the browser counted other elements.
    pub fn set_keys(&mut self, keys: Option<&Keys>) {
        let Some(keys) = keys else { return };
        let elements: Vec<u32> = self.elements().collect();
        if keys.elements == 0 || keys.elements as usize == elements.len() {
            let stops = keys.wrong.iter();
            self.key_stops = stops.filter_map(|stop| Some((*elements.get(stop.at as usize)?, *stop))).collect();
        }
    }

    /// What is wrong with an element as a stop of the keyboard; nothing where nothing is, or it was not walked.
    pub fn key_stop(&self, i: u32) -> KeyStop {
        self.key_stops.iter().find(|(at, _)| *at == i).map_or_else(KeyStop::default, |(_, stop)| *stop)
    }

    /// Takes over what styles make of the elements: what is in sight, and what begins a block.
    pub fn set_looks(&mut self, looks: Looks) {
        if looks.why_unknown().is_none() {
            let controlled = controlled(self);
            let styled = |i: u32| looks.of(i).map(|look| Styled::new(look, controlled.contains(&i)));
            self.set_styles(Styles((0..self.len()).map(styled).collect()));
        }
        self.looks = looks;
    }

    fn set_styles(&mut self, styles: Styles) {
        for i in 0..self.len() {
            let above = self.parent(i).map(|p| *self.node(p));
            let shown = above.map_or(Shown::YES, |n| Shown { exposure: n.exposure, veiled: n.veiled });
            let node = &mut self.nodes[i as usize];
            if !node.is_element {
                (node.exposure, node.veiled) = (shown.exposure, shown.veiled);
                node.block = above.map_or(node.block, |n| n.block);
                continue;
            }
            let shown = match styles.of(i) {
                Some(styled) => {
                    // What is a block by its kind keeps its text apart, also where a style puts it into a line.
                    let is_block = styled.is_block || node.block == i;
                    node.block = if is_block { i } else { above.map_or(i, |n| n.block) };
                    styled.under(shown)
                }
                // Inside of what is not displayed nothing is styled: it shows with it, unless its source hides it.
                None if node.exposure == Exposure::Hidden => Shown { exposure: Exposure::Hidden, veiled: node.veiled },
                None => shown,
            };
            (node.exposure, node.veiled) = (shown.exposure, shown.veiled);
        }
        self.expose_areas();
        self.styles = Some(styles);
        self.tree = OnceCell::new();
        self.survey = OnceCell::new();
        self.tables = OnceCell::new();
    }
}
