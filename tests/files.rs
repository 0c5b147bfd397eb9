//! PDF and Office files, good and hostile, measured as an audit measures them. Every file is made here.

use lopdf::{Dictionary, Document, EncryptionState, EncryptionVersion, Object, Permissions, Stream, dictionary};
use plainway::facts::{FileFacts, Lexicon, Settings};
use plainway::rule::embedded_words;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::LazyLock;

static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::parse(&embedded_words()).expect("the word lists of the project are right"));

fn measured(bytes: &[u8]) -> FileFacts {
    FileFacts::of_bytes(bytes, "", &LEXICON, &Settings::default()).expect("it is a document")
}

/// A form of two pages and three fields, with everything that a good PDF has.
fn form() -> Document {
    let mut document = Document::with_version("1.7");
    let pages = document.new_object_id();
    let font = document.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding" });
    let resources = document.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
    let mut page = |text: &str| {
        let drawing = format!("BT /F1 12 Tf 50 700 Td ({text}) Tj 0 -20 Td [(Signature) -300 (of applicant)] TJ ET");
        let content = document.add_object(Stream::new(Dictionary::new(), drawing.into_bytes()));
        document.add_object(dictionary! { "Type" => "Page", "Parent" => pages, "Contents" => content })
    };
    let kids =
        vec![page("Parking permit: apply within 10 days.").into(), page("Date of birth \\(day, month\\)").into()];
    document.objects.insert(
        pages,
        dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => 2, "Resources" => resources }.into(),
    );
    let field = |kind: &str, name: &str, label: &str| {
        dictionary! { "FT" => kind, "T" => Object::string_literal(name), "TU" => Object::string_literal(label), "Ff" => 2 }
    };
    let name = document.add_object(field("Tx", "LastName", "Your last name"));
    let street = document.add_object(dictionary! { "FT" => "Tx", "T" => Object::string_literal("street") });
    let group =
        document.add_object(dictionary! { "T" => Object::string_literal("address"), "Kids" => vec![street.into()] });
    let sign = document.add_object(field("Sig", "sign", "Signature"));
    let catalog = document.add_object(dictionary! {
        "Type" => "Catalog", "Pages" => pages, "Lang" => Object::string_literal("en-GB"),
        "MarkInfo" => dictionary! { "Marked" => true }, "StructTreeRoot" => dictionary! { "Type" => "StructTreeRoot" },
        "AcroForm" => dictionary! { "Fields" => vec![name.into(), group.into(), sign.into()] },
    });
    let about = document.add_object(dictionary! {
        "Title" => Object::string_literal("Parking permit"), "ModDate" => Object::string_literal("D:20240229101500+01'00'"),
    });
    document.trailer.set("Root", catalog);
    document.trailer.set("Info", about);
    document.trailer.set("ID", vec![Object::string_literal("one"), Object::string_literal("two")]);
    document
}

fn saved(mut document: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("memory takes every write");
    bytes
}

#[track_caller]
fn check_form(facts: &FileFacts) {
    assert_eq!((facts.pages, facts.tagged, facts.structured), (Some(2), true, true));
    assert_eq!((facts.title.as_deref(), facts.lang.as_deref()), (Some("Parking permit"), Some("en-GB")));
    assert_eq!(facts.changed.as_deref(), Some("2024-02-29"));
    let fields: Vec<_> = facts.fields.iter().map(|f| (f.name.as_str(), f.control.as_str(), f.kind.as_str())).collect();
    let expected = [
        ("LastName", "text", "family-name"),
        ("address.street", "text", "address-line1"),
        ("sign", "signature", "signature"),
    ];
    assert_eq!(fields, expected);
    assert_eq!((facts.named_fields, facts.unnamed_questions(), facts.signatures), (4, 1, 1));
    assert_eq!((facts.words, facts.scanned, facts.is_form_like()), (17, false, Some(true)));
    assert_eq!((facts.unreadable.as_deref(), facts.cut), (None, false));
}

#[test]
fn a_form_is_measured_in_full() {
    check_form(&measured(&saved(form())));
}

#[test]
fn objects_may_be_packed() {
    let mut bytes = Vec::new();
    form().save_modern(&mut bytes).expect("memory takes every write");
    assert!(bytes.windows(6).any(|w| w == b"ObjStm"), "the writer packs objects");
    check_form(&measured(&bytes));
}

#[test]
fn an_update_at_the_end_replaces_what_came_before() {
    let mut bytes = saved(form());
    bytes.extend_from_slice(b"\n900 0 obj <</Title(Parking permit 2025)>> endobj\ntrailer <</Info 900 0 R>>\n%%EOF\n");
    assert_eq!(measured(&bytes).title.as_deref(), Some("Parking permit 2025"));
}

#[test]
fn a_file_that_opens_without_a_password_is_read_and_another_is_locked() {
    let encrypted = |user: &str| {
        let mut document = form();
        let state = EncryptionState::try_from(EncryptionVersion::V2 {
            document: &document,
            owner_password: "owner",
            user_password: user,
            key_length: 128,
            permissions: Permissions::all(),
        });
        document.encrypt(&state.expect("the settings are right")).expect("it can be encrypted");
        measured(&saved(document))
    };
    let open = encrypted("");
    assert_eq!((open.encrypted, open.locked), (true, false));
    check_form(&open);
    let locked = encrypted("secret");
    assert_eq!((locked.encrypted, locked.locked, locked.title.as_deref()), (true, true, None));
    assert_eq!(locked.unreadable.as_deref(), Some("locked"));
    assert_eq!(locked.is_form_like(), Some(true), "fields show without a password");
}

#[test]
fn the_end_of_a_file_may_be_missing_anywhere() {
    let whole = saved(form());
    for part in 1..40 {
        let bytes = &whole[..whole.len() * part / 40];
        if let Some(facts) = FileFacts::of_bytes(bytes, "", &LEXICON, &Settings::default()) {
            assert!(facts.cut || facts.unreadable.is_some(), "{part} of 40 parts pass for the whole");
        }
    }
}

#[test]
fn bytes_that_are_wrong_anywhere_break_nothing() {
    let mut packed = Vec::new();
    form().save_modern(&mut packed).expect("memory takes every write");
    // A generator of numbers that is the same every time (Knuth's MMIX).
    let mut number = 1u64;
    let mut next = || {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (number >> 33) as usize
    };
    for round in 0..400 {
        let mut bytes = if round % 2 == 0 { packed.clone() } else { saved(form()) };
        for _ in 0..8 {
            let at = 8 + next() % (bytes.len() - 8);
            bytes[at] = (next() & 0xff) as u8;
        }
        let facts = measured(&bytes);
        assert_ne!(
            facts.unreadable.as_deref(),
            Some("broken"),
            "round {round}: the reader panicked or found no object"
        );
    }
}

fn body(objects: &str) -> Vec<u8> {
    format!("%PDF-1.7\n{objects}\ntrailer <</Root 1 0 R>>\n%%EOF\n").into_bytes()
}

#[test]
fn circles_end() {
    let pages = measured(&body(
        "1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj 2 0 obj <</Type/Pages/Kids[2 0 R 3 0 R 2 0 R]/Parent 2 0 R>> endobj 3 0 obj <</Type/Page/Contents[3 0 R 3 0 R]>> endobj",
    ));
    assert_eq!(pages.pages, Some(1));
    let fields = measured(&body(
        "1 0 obj <</Type/Catalog/AcroForm<</Fields[2 0 R 2 0 R]>>>> endobj 2 0 obj <</T(a)/FT/Tx/Kids[3 0 R]>> endobj 3 0 obj <</T(b)/Kids[2 0 R 4 0 R]>> endobj 4 0 obj <</T(c)>> endobj",
    ));
    assert_eq!(fields.fields.len(), 1);
    let references =
        measured(&body("1 0 obj <</Type/Catalog/Lang 2 0 R>> endobj 2 0 obj 3 0 R endobj 3 0 obj 2 0 R endobj"));
    assert_eq!(references.lang, None);
    let drawings = measured(&body(
        "1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj 2 0 obj <</Type/Page/Contents 3 0 R/Resources 4 0 R>> endobj 3 0 obj <</Subtype/Form/Resources 4 0 R>> stream\n/A Do /A Do (word) Tj\nendstream endobj 4 0 obj <</XObject<</A 3 0 R>>>> endobj",
    ));
    assert!((1..1_000).contains(&drawings.words), "{} words", drawings.words);
    let lengths = measured(&body(
        "1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj 2 0 obj <</Type/Page/Contents 3 0 R>> endobj 3 0 obj <</Length 3 0 R>> stream\n(word) Tj\nendstream endobj",
    ));
    assert_eq!(lengths.words, 1);
}

/// A file that makes naive readers look at the same bytes again and again must be done as quickly as
/// its fuel allows; the test run itself would not end otherwise.
#[test]
fn work_is_counted() {
    let mut offsets = String::new();
    for number in 10..60_000 {
        let _ = write!(offsets, "{number} 0 ");
    }
    let list = "[0 0 0 0 0 0 0 0]".repeat(20_000);
    let same_place =
        format!("5 0 obj <</Type/ObjStm/N 60000/First {}>> stream\n{offsets}[{list}]\nendstream endobj", offsets.len());
    let kids: String = (10..60_000).map(|n| format!("{n} 0 R ")).collect();
    let all = format!(
        "1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj 2 0 obj <</Type/Pages/Kids[{kids}]>> endobj {same_place}"
    );
    assert_eq!(measured(&body(&all)).unreadable.as_deref(), Some("too-much"));

    for piece in [
        "1 0 obj 5 (",
        "1 0 obj<<>>(",
        "1 0 obj 5%",
        "1 0 obj [",
        "1 0 obj << /A ",
        "1 0 obj <</Length 9 0 R>> stream ",
        "trailer (",
        "trailer <<",
        "<<",
        "[",
        "(",
        "\\",
        "1 0 obj<<>>stream\n1 0 obj<<>>endstream ",
    ] {
        let facts = measured(&body(&piece.repeat(600_000 / piece.len())));
        assert_eq!(facts.pages, None, "{piece}");
    }
}

#[test]
fn what_unpacks_without_end_is_cut_off() {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..24 {
        packer.write_all(&zeros).expect("memory takes every write");
    }
    let bomb = packer.finish().expect("memory takes every write");
    let file = |kind: &str, times: usize| {
        let mut bytes = b"%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj 2 0 obj <</Type/Page/Contents[3 0 R 4 0 R]>> endobj\n".to_vec();
        for number in 3..3 + times {
            let length = bomb.len();
            let head =
                format!("{number} 0 obj <</Type/{kind}/N 1/First 4/Filter/FlateDecode/Length {length}>> stream\n");
            bytes.extend_from_slice(head.as_bytes());
            bytes.extend_from_slice(&bomb);
            bytes.extend_from_slice(b"\nendstream endobj\n");
        }
        bytes.extend_from_slice(b"trailer <</Root 1 0 R>>\n%%EOF");
        measured(&bytes)
    };
    let drawing = file("Drawing", 2);
    assert_eq!((drawing.pages, drawing.words, drawing.unreadable), (Some(1), 0, None));
    assert_eq!(file("ObjStm", 12).unreadable.as_deref(), Some("too-much"));
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("memory takes every write");
        zip.write_all(content).expect("memory takes every write");
    }
    zip.finish().expect("memory takes every write").into_inner()
}

const CORE: &[u8] = br#"<cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:dcterms="t"><dc:title>Fees &amp; fines</dc:title><dc:language>en-US</dc:language><dcterms:modified>2023-06-30T10:00:00Z</dcterms:modified></cp:coreProperties>"#;

#[test]
fn office_files_tell_their_properties() {
    let document = br#"<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>Name ____ Date ____ Signature ____</w:t></w:r></w:p><w:sdt><w:sdtPr><w:alias w:val="Last name"/></w:sdtPr></w:sdt></w:body></w:document>"#;
    let app = b"<Properties><Pages>3</Pages></Properties>";
    let parts: [(&str, &[u8]); 4] = [
        ("[Content_Types].xml", b"<Types/>"),
        ("docProps/core.xml", CORE),
        ("docProps/app.xml", app),
        ("word/document.xml", document),
    ];
    let facts = measured(&zipped(&parts));
    assert_eq!((facts.format.as_str(), facts.pages, facts.changed.as_deref()), ("doc", Some(3), Some("2023-06-30")));
    assert_eq!((facts.title.as_deref(), facts.lang.as_deref()), (Some("Fees & fines"), Some("en-US")));
    assert_eq!((facts.words, facts.blanks, facts.fields[0].kind.as_str()), (3, 3, "family-name"));

    let meta = br#"<office:document-meta xmlns:office="o" xmlns:dc="d" xmlns:meta="m"><dc:title>Minutes</dc:title><meta:document-statistic meta:page-count="7"/></office:document-meta>"#;
    let text: &[u8] = b"application/vnd.oasis.opendocument.text";
    let facts = measured(&zipped(&[
        ("mimetype", text),
        ("meta.xml", meta),
        ("content.xml", b"<a><text:p>Two words</text:p></a>"),
    ]));
    assert_eq!(
        (facts.format.as_str(), facts.pages, facts.title.as_deref(), facts.words),
        ("doc", Some(7), Some("Minutes"), 2)
    );
}

#[test]
fn hostile_office_files_end_too() {
    let spaces = vec![b' '; 16 << 20];
    let deep = "<w:p>".repeat(500_000);
    let cases: [&[u8]; 4] = [&spaces, deep.as_bytes(), b"<w:t>&lol;&#0;&#xFFFFFFFF;</w:t", b"\xff\xfe<\0a\0"];
    for document in cases {
        let facts = measured(&zipped(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", document)]));
        assert_eq!(facts.format, "doc");
    }
    let whole = zipped(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:t>x</w:t>")]);
    let cut = measured(&whole[..whole.len() / 2]);
    assert_eq!((cut.format.as_str(), cut.unreadable.as_deref()), ("office", Some("broken")));
    let other = FileFacts::of_bytes(&zipped(&[("photo.jpg", b"x")]), "", &LEXICON, &Settings::default());
    assert_eq!(other, None, "a ZIP of pictures is no document");
}

/// Facts agree with a public index of 40 PDFs of a city, where it is there to compare with.
#[test]
fn facts_agree_with_a_public_index() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/suites/pdf");
    let Ok(index) = std::fs::read_to_string(format!("{folder}/index.json")) else {
        eprintln!("passed over: {folder} is not there");
        return;
    };
    let index: Vec<serde_json::Value> = serde_json::from_str(&index).expect("the index is JSON");
    let mut differ = Vec::new();
    for row in &index {
        let name = row["file"].as_str().expect("each row names its file");
        let facts = measured(&std::fs::read(format!("{folder}/{name}")).expect("each file is there"));
        let ours = serde_json::json!([
            facts.pages,
            facts.tagged,
            facts.structured,
            facts.lang.as_deref().unwrap_or(""),
            facts.title.as_deref().unwrap_or(""),
            facts.named_fields
        ]);
        let theirs =
            serde_json::json!([row["pages"], row["tagged"], row["struct"], row["lang"], row["title"], row["fields"]]);
        if ours != theirs {
            differ.push((facts.structured, facts.tagged, format!("{name}: {ours}, not {theirs}")));
        }
    }
    // The index takes any `MarkInfo` for tagged; ISO 32000-1 §14.7.1 wants `Marked` to be true in it.
    // One file says `Marked false` and has a tree of its parts all the same.
    differ.retain(|(structured, tagged, _)| !structured || *tagged);
    assert!(differ.is_empty(), "{differ:#?}");
}
