//! The pages that time and instructions are measured on: like those of a town, always the same.

use plainway::model::{Fetched, PageUrl, Role};

/// A page as it comes from a server.
pub fn fetched(path: &str, body: Vec<u8>) -> Fetched {
    let url = PageUrl::parse(&format!("http://town.example/{path}")).expect("the address is right");
    Fetched::of_file(url, body, "2026-01-01T00:00:00Z")
}

/// Pages like those of a town: navigation, headings, prose, a table, a form, a footer.
pub fn generated(pages: usize) -> Vec<Fetched> {
    (0..pages).map(|n| fetched(&format!("page-{n}"), page(n, 14 + n % 26).into_bytes())).collect()
}

/// Such pages of some 41 kB each, which the style sheet below is for.
pub fn styled(pages: usize) -> Vec<Fetched> {
    (0..pages).map(|n| fetched(&format!("styled-{n}"), page(n, 43).into_bytes())).collect()
}

/// A page with so many sections.
fn page(n: usize, sections: usize) -> String {
    let sentences = [
        "You can apply for a permit online, by mail, or at the town office on Mill Street.",
        "Applications shall be submitted in accordance with section 12 of the code.",
        "It takes about ten working days, and we will write to you when your permit is ready.",
        "If you have a question, call the parking team at (215) 555-0134 or write to parking@town.example.",
        "The fee is $40 for residents; there is no fee for people with a blue badge.",
        "Bring a photo ID, proof of address, and the registration of your vehicle.",
    ];
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
}

/// A style sheet of some 150 kB, of the kinds of rules that sheets of towns have: a frame of elements, a grid, blocks with
/// their parts and states, sizes of windows, custom properties; most of it for parts that the page does not have.
pub fn sheet() -> Fetched {
    let mut css = String::from(
        "*,*::before,*::after{box-sizing:border-box}:root{--ink:#1b1b1b;--paper:#fff;--link:#005ea2;--gap:1rem;--line:#dfe1e2}\n\
         body{margin:0;font:1rem/1.5 sans-serif;color:var(--ink);background-color:var(--paper)}a{color:var(--link)}a:hover{color:#1a4480}\n\
         a:focus{outline:.25rem solid #2491ff}ul{margin:0;padding-left:3ch}h1,h2,h3{line-height:1.2;margin:0 0 .5em}\n\
         nav ul{display:flex;list-style:none}nav li>a{display:block;padding:.5rem;text-decoration:none}table{border-collapse:collapse}\n\
         .row{display:flex;flex-wrap:wrap}[class*=\"col-\"]{padding:0 var(--gap)}.menu-item.level-1 a{font-weight:700}\n\
         input{border:1px solid #565c65;padding:.5rem}label{display:block}footer{background:#f0f0f0;padding:2rem}\n",
    );
    for n in 1..=12 {
        css.push_str(&format!(".col-{n}{{flex:0 0 auto;width:calc(100% / 12 * {n})}}\n"));
        css.push_str(&format!("@media (min-width:40em){{.tablet-col-{n}{{width:calc(100% / 12 * {n})}}}}\n"));
    }
    for n in 0..240 {
        css.push_str(&format!(
            ".block-{n}{{display:block;margin:0 0 1rem;padding:.5rem 1rem;color:var(--ink);background-color:#f{:x}f{:x}f0}}\n\
             .block-{n}__title{{font-size:1.25rem;font-weight:700;line-height:1.3;margin:0}}\n\
             .block-{n} > .block-{n}__list li + li{{border-top:1px solid var(--line)}}\n\
             .block-{n}__link:not(.is-active):hover,.block-{n}__link:focus{{text-decoration:underline;color:#1a4480}}\n\
             .block-{n}--wide .block-{n}__title::before{{content:\"\";display:inline-block;width:1em}}\n\
             .page-{n} main section h2,.page-{n} main ul li a{{letter-spacing:.01em}}\n\
             @media (min-width:{}px){{.block-{n}{{padding:1rem 2rem;float:left;width:50%}}.block-{n}__aside{{display:none}}}}\n",
            n % 16,
            n % 13,
            480 + n % 5 * 160,
        ));
    }
    Fetched { role: Role::Sheet, ..fetched("style.css", css.into_bytes()) }
}
