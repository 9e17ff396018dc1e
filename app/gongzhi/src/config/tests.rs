use super::*;

fn inputs(flag: Option<&str>, variable: Option<&str>, file: Option<&str>) -> Inputs {
    let mut inputs = Inputs::default();
    if let Some(value) = flag {
        inputs.flags.insert("listen", value.to_owned());
    }
    if let Some(value) = variable {
        inputs.environment.insert("GONGZHI_LISTEN".to_owned(), value.to_owned());
    }
    inputs.file = file.map(|text| (PathBuf::from("gongzhi.toml"), text.to_owned()));
    inputs
}

#[test]
fn the_command_line_beats_the_environment_beats_the_file() {
    let file = Some("listen = \"127.0.0.1:1\"");
    for (flag, variable, file, port, source) in [
        (Some("127.0.0.1:3"), Some("127.0.0.1:2"), file, 3, "--listen"),
        (None, Some("127.0.0.1:2"), file, 2, "GONGZHI_LISTEN"),
        (None, None, file, 1, "gongzhi.toml"),
        (None, Some(""), file, 1, "gongzhi.toml"),
        (None, None, None, 8080, "default"),
    ] {
        let settings = Settings::resolve(inputs(flag, variable, file)).unwrap();
        assert_eq!(settings.config().unwrap().listen.port(), port);
        let (_, _, from) = settings.listed().find(|(key, _, _)| key.name == "listen").unwrap();
        assert_eq!(from.to_string(), source);
    }
}

#[test]
fn a_misspelt_setting_is_named_with_what_it_may_have_meant() {
    let error = Settings::resolve(inputs(None, None, Some("lisen = \"x\""))).unwrap_err();
    assert!(error.to_string().contains("did you mean `listen`?"), "{error}");
    let error = Settings::resolve(inputs(None, None, Some("listen = ["))).unwrap_err();
    assert!(error.to_string().starts_with("cannot read the settings in gongzhi.toml"), "{error}");
    let settings = Settings::resolve(Inputs {
        environment: [("GONGZHI_LISEN".to_owned(), "x".to_owned())].into(),
        ..Inputs::default()
    });
    assert_eq!(settings.unwrap().unknown_variables, ["GONGZHI_LISEN"]);
}

#[test]
fn a_wrong_value_names_its_place() {
    let at = |flag, variable, file| {
        Settings::resolve(inputs(flag, variable, file)).unwrap().config().unwrap_err().to_string()
    };
    assert!(at(Some("nowhere"), None, None).starts_with("--listen: `nowhere` is no address"));
    assert!(at(None, Some("x"), None).starts_with("GONGZHI_LISTEN: `x`"));
    assert!(at(None, None, Some("max_body = 0")).starts_with("gongzhi.toml: max_body: `0`"));
    assert!(at(None, None, Some("zone = \"Moon\"")).contains("Asia/Shanghai"));
    assert!(at(None, None, Some("base_url = \"city.example\"")).contains("https://city.example"));
}

#[test]
fn the_place_said_more_strongly_holds_and_passwords_stay_hidden() {
    let url = "postgres://u:secret@h/db?password=other&x=1";
    let mut with =
        Inputs { environment: [("GONGZHI_DATABASE".to_owned(), url.to_owned())].into(), ..Inputs::default() };
    let settings =
        Settings::resolve(Inputs { environment: with.environment.clone(), ..Inputs::default() }).unwrap();
    assert!(matches!(settings.config().unwrap().place, Place::Database { .. }));
    let shown: String = settings.listed().map(|(_, value, _)| value.unwrap_or_default()).collect();
    assert!(
        !shown.contains("secret") && !shown.contains("other") && shown.contains("postgres://u:…@h/db"),
        "{shown}"
    );

    with.flags.insert("data", "here".to_owned());
    let settings = Settings::resolve(Inputs {
        environment: with.environment,
        flags: with.flags.clone(),
        ..Inputs::default()
    });
    assert_eq!(settings.unwrap().config().unwrap().place, Place::Folder("here".into()));

    with.flags.insert("database", url.to_owned());
    let both = Settings::resolve(Inputs { flags: with.flags, ..Inputs::default() }).unwrap();
    assert_eq!(both.config().unwrap_err(), ConfigError::TwoPlaces);
}

#[test]
fn a_witness_that_is_none_says_why() {
    for (value, why) in [
        ("https://witness.example", "is written as its key, a space, and its address"),
        ("a+b+c https://witness.example", "no key of a log or witness"),
        (
            "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8 https://a.example",
            "key of a log",
        ),
    ] {
        let inputs = Inputs {
            environment: [("GONGZHI_WITNESSES".to_owned(), value.to_owned())].into(),
            ..Inputs::default()
        };
        let error = Settings::resolve(inputs).unwrap().config().unwrap_err().to_string();
        assert!(error.starts_with("GONGZHI_WITNESSES: ") && error.contains(why), "{error}");
    }
}
