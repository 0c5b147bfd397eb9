//! The same page in other windows: on a phone, in the narrow ones of WCAG, with wider spacing, and without its texts, so that
//! what lies behind them is seen. Its scripts stand still meanwhile: what they would change then is not seen.

use super::page::{Visit, WINDOW};
use super::pixels::Pixels;
use super::{Undrawn, drawing};
use crate::model::Window;
use serde_json::json;

/// The other windows that a page is looked at in; the last one is the first with other spacing.
const OTHERS: &[(Window, (u32, u32))] = &[
    (Window::Phone, (390, 844)),
    (Window::Narrow, (320, 256)),
    (Window::Zoomed, (640, 400)),
    (Window::Spaced, WINDOW),
];

/// The spacing of text that readers may set (WCAG 1.4.12).
const SPACED: &str = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }";

/// No change takes time: the clock stands.
pub(super) const STILL: &str = "*, *::before, *::after { transition: none !important; }";

/// A page without its texts.
const INKLESS: &str = "* { color: transparent !important; -webkit-text-fill-color: transparent !important; -webkit-text-stroke-color: transparent !important; text-shadow: none !important; text-decoration-color: transparent !important; caret-color: transparent !important; }";

impl Visit<'_> {
    /// Looks at the page in other windows.
    pub(super) async fn look_again(&mut self, draft: &mut drawing::Draft) -> Result<(), Undrawn> {
        self.ask("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await?;
        self.dress(STILL).await?;
        for &(window, size) in OTHERS {
            if window == Window::Spaced {
                self.dress(SPACED).await?;
            }
            self.resize(size, window == Window::Phone).await?;
            let snapshot = self.ask("DOMSnapshot.captureSnapshot", drawing::question()).await?;
            draft.add(&snapshot, window, size);
        }
        // As it was, for whoever looks next.
        self.undress().await?;
        // Last, since a browser makes its window as large as the picture, and small again in its own time.
        if let Some((width, height)) = draft.pictured() {
            self.dress(INKLESS).await?;
            // Without a picture it is not told what lies behind the texts.
            let png = self.picture(Some((width, height))).await.ok();
            if let Some(pixels) = png.and_then(|png| Pixels::read(&png)) {
                draft.add_grounds(&pixels);
            }
            self.undress().await?;
        }
        self.undress().await?;
        self.ask("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await?;
        Ok(())
    }

    /// Gives the window another size, in CSS pixels.
    pub(super) async fn resize(&mut self, (width, height): (u32, u32), is_mobile: bool) -> Result<(), Undrawn> {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_mobile });
        self.ask("Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }

    /// Gives the page a style of ours, over its own.
    pub(super) async fn dress(&mut self, css: &str) -> Result<(), Undrawn> {
        let script = format!(
            "(() => {{ const sheet = new CSSStyleSheet(); sheet.replaceSync({}); document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; }})()",
            json!(css)
        );
        self.in_world(&script).await?;
        Ok(())
    }

    /// Takes the last style of ours away again.
    pub(super) async fn undress(&mut self) -> Result<(), Undrawn> {
        let script = "document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1)";
        self.in_world(script).await?;
        Ok(())
    }
}
