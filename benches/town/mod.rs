//! The pages that time and instructions are measured on: like those of a town, always the same.

use plainway::model::{Fetched, PageUrl, Role, Via};

/// A page as it comes from a server.
pub fn fetched(path: &str, body: Vec<u8>) -> Fetched {
    Fetched {
        url: PageUrl::parse(&format!("http://town.example/{path}")).expect("the address is right"),
        via: Via::File,
        role: Role::Page,
        status: 200,
        headers: Vec::new(),
        body: body.into(),
        truncated: false,
        date: "2026-01-01T00:00:00Z".to_owned(),
        recorded: false,
        rendered: None,
    }
}

/// Pages like those of a town: navigation, headings, prose, a table, a form, a footer.
pub fn generated(pages: usize) -> Vec<Fetched> {
    let sentences = [
        "You can apply for a permit online, by mail, or at the town office on Mill Street.",
        "Applications shall be submitted in accordance with section 12 of the code.",
        "It takes about ten working days, and we will write to you when your permit is ready.",
        "If you have a question, call the parking team at (215) 555-0134 or write to parking@town.example.",
        "The fee is $40 for residents; there is no fee for people with a blue badge.",
        "Bring a photo ID, proof of address, and the registration of your vehicle.",
    ];
    let page = |n: usize| {
        let mut html = format!(
            "<!doctype html><html lang=en><head><meta charset=utf-8><title>Page {n} - Town</title><link rel=stylesheet href=/style.css></head><body><header><a href=/>Town</a><nav><ul>"
        );
        for i in 0..60 {
            html.push_str(&format!(
                "<li class=\"menu-item level-{}\"><a href=\"/section-{i}/page-{}\">Section {i}</a></li>\n",
                i % 3,
                i * n % 97
            ));
        }
        html.push_str("</ul></nav></header><main><h1>Permits and licences</h1>");
        let sections = 14 + n % 26;
        for s in 0..sections {
            html.push_str(&format!("<section id=s{s}><h2>Step {s}</h2><div class=\"row\"><div class=\"col-8\">"));
            for p in 0..3 {
                let a = sentences[(s + p) % sentences.len()];
                let b = sentences[(s * 7 + p + n) % sentences.len()];
                html.push_str(&format!(
                    "<p>{a} {b} See <a href=\"/service-{}/\">the service page {s}</a>.</p>\n",
                    (s * p + n) % 300
                ));
            }
            html.push_str("<ul><li>First thing to bring</li><li><a href=\"#s1\">Second thing</a></li></ul></div><div class=\"col-4\"><img src=\"/img/a.png\" alt=\"\"></div></div></section>\n");
        }
        html.push_str(
            "<table><tr><th>Day<th>Hours<tr><td>Monday<td>9 a.m. to 5 p.m.</table><form action=/apply method=post>",
        );
        for f in 0..8 {
            html.push_str(&format!("<label for=f{f}>Question {f}</label><input id=f{f} name=q{f} required>"));
        }
        html.push_str("<button>Send my request</button></form></main><footer><a href=/contact/>Contact us</a> <a href=/privacy/>Privacy</a></footer></body></html>");
        html
    };
    (0..pages).map(|n| fetched(&format!("page-{n}"), page(n).into_bytes())).collect()
}
