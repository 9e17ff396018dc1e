//! The city's books in pages: read by staff, kept by the administrator, tried out before they hold.

use gongzhi_appeals::catalogue::lines;

use super::Town;

async fn token(browser: &mut super::Browser<'_>, path: &str) -> String {
    browser.page(path).await.value("form_token").to_owned()
}

/// The catalogue of the town as its form shows it.
fn present(town: &Town) -> String {
    let (books, directory) = (town.house.appeals.books(), town.house.appeals.directory());
    let (_, catalogue) = books.catalogues().last().unwrap();
    lines::write(catalogue.entries(), &books.categories, &directory)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_who_works_by_the_books_reads_them_and_one_keeps_them() {
    let town = Town::open().await;
    for login in ["office", "hotline", "auditor", "admin"] {
        let mut browser = town.signed_in(login).await;
        for path in [
            "/books",
            "/books/rulebook",
            "/books/categories",
            "/books/catalogue",
            "/books/rulebook?version=1",
        ] {
            let page = browser.page(path).await;
            let forms = page.body.matches("action=\"/books/").count();
            assert_eq!(forms > 0, login == "admin" && path != "/books", "{login} {path}");
        }
        assert_eq!(browser.get("/books/rulebook?version=99").await.status, 404);
        assert_eq!(browser.get("/books/catalogue?version=x").await.status, 404);
    }
    let mut english = town.signed_in("auditor").await;
    english.language = "en";
    assert!(english.page("/books/catalogue").await.words().contains("Dispatch catalogue"));
    let mut resident = town.signed_in("resident").await;
    assert_eq!(resident.get("/books").await.status, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rulebook_is_adopted_or_told_what_is_wrong() {
    let town = Town::open().await;
    let mut admin = town.signed_in("admin").await;
    let token = token(&mut admin, "/books/rulebook").await;
    let body = gongzhi_appeals::rulebook::DEFAULT.replace("cap = 2", "cap = 1");
    let wrong = body.replace("Asia/Shanghai", "Asia/Nowhere");
    let reply = admin.post("/books/rulebook", &token, &[("body", &wrong)]).await;
    assert_eq!(reply.status, 422);
    assert!(reply.words().contains("Asia/Nowhere"), "{}", reply.words());
    assert!(reply.body.contains("cap = 1"), "what was typed is kept");
    for effective in ["soon", "2001-01-01T08:00"] {
        let fields = [("body", body.as_str()), ("effective", effective)];
        let reply = admin.post("/books/rulebook", &token, &fields).await;
        assert_eq!(reply.status, 422, "{effective}");
        assert!(reply.body.contains("id=\"effective-error\""), "{effective}");
    }
    assert_eq!(town.house.appeals.books().rulebooks.newest(), 1);
    let reply = admin.post("/books/rulebook", &token, &[("body", &body), ("effective", "")]).await;
    let page = admin.follow(&reply).await;
    assert!(page.words().contains("第 2 版"), "{}", page.words());
    let now = town.house.store.world().clock.now();
    assert_eq!(town.house.appeals.books().rulebook(now).unwrap().returns.cap, 1);
    // One that is to hold later does not hold yet.
    let later = [("body", gongzhi_appeals::rulebook::DEFAULT), ("effective", "2031-01-01T00:00")];
    let reply = admin.post("/books/rulebook", &token, &later).await;
    assert!(admin.follow(&reply).await.words().contains("还没到时间"));
    assert_eq!(town.house.appeals.books().rulebook(now).unwrap().version, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn categories_are_added_changed_and_retired() {
    let town = Town::open().await;
    let mut admin = town.signed_in("admin").await;
    let token = token(&mut admin, "/books/categories").await;
    let parent = town.house.appeals.books().categories.children(None).next().unwrap().id.to_string();
    let fields =
        [("parent", parent.as_str()), ("code", "NEW-1"), ("name_zh", "共享单车"), ("urgency", "ordinary")];
    let reply = admin.post("/books/categories", &token, &fields).await;
    assert!(admin.follow(&reply).await.words().contains("共享单车"));
    // The same code again, no name, a parent that is none.
    for (name, value) in [("code", "NEW-1"), ("name_zh", ""), ("parent", "12")] {
        let mut again = fields.map(|(field, old)| if field == name { (field, value) } else { (field, old) });
        if name != "code" {
            again[1].1 = "NEW-2";
        }
        let reply = admin.post("/books/categories", &token, &again).await;
        assert_eq!(reply.status, 422, "{name}: {}", reply.words());
    }
    let id = town.house.appeals.books().categories.by_code("NEW-1").unwrap().id;
    let path = format!("/books/categories/{id}");
    let page = admin.page(&path).await;
    assert!(page.body.contains(r#"value="NEW-1""#), "{}", page.body);
    let change =
        [("code", "NEW-1"), ("name_zh", "共享单车停放"), ("name_en", "Shared bikes"), ("urgency", "complex")];
    let reply = admin.post(&path, &token, &change).await;
    admin.follow(&reply).await;
    let known = town.house.appeals.books().categories.get(id).cloned().unwrap();
    assert_eq!((known.active, known.name.en.as_deref()), (false, Some("Shared bikes")));
    assert_eq!(admin.get("/books/categories/0000000000000001").await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_catalogue_is_tried_out_and_strands_nobody() {
    let town = Town::open().await;
    let submitted = town.house.submit(town.house.noise()).await;
    let mut admin = town.signed_in("admin").await;
    let token = token(&mut admin, "/books/catalogue").await;
    let text = present(&town);
    let reply = admin.post("/books/catalogue/trial", &token, &[("lines", &text)]).await;
    assert_eq!(reply.status, 200);
    assert!(reply.words().contains("1 件和现在一样，0 件会派到别处"), "{}", reply.words());

    // Only a line for a category that the case does not have.
    let (books, directory) = (town.house.appeals.books(), town.house.appeals.directory());
    let lamps = &directory.organ(town.house.lamps).unwrap().code;
    let mine = books.categories.path_up(town.house.noise().category.unwrap());
    let other = books.categories.iter().find(|category| !mine.contains(&category.id)).unwrap();
    let stranding = format!("{}, *, {lamps}\n", other.code);
    let reply = admin.post("/books/catalogue", &token, &[("lines", &stranding)]).await;
    assert_eq!(reply.status, 422);
    assert!(reply.words().contains("1 件事会没有单位承办"), "{}", reply.words());
    assert!(reply.body.contains(&submitted.number.to_string()), "it says which");
    assert!(reply.body.contains(&stranding.trim().to_owned()), "what was typed is kept");

    // Every mistake is told with its line.
    let mistakes =
        format!("nonsense\n# a remark\n*,*,{lamps}\n*,*,{lamps}\nNO,*,{lamps}\n*,NO,{lamps}\n*,*,NO\n");
    let reply = admin.post("/books/catalogue/trial", &token, &[("lines", &mistakes)]).await;
    assert_eq!(reply.status, 422);
    for sentence in
        ["第 1 行", "第 4 行和第 3 行", "第 5 行的分类编码「NO」", "第 6 行的地区编码", "第 7 行的单位编码"]
    {
        assert!(reply.words().contains(sentence), "{sentence}: {}", reply.words());
    }
    assert_eq!(admin.post("/books/catalogue", &token, &[("lines", "# nothing")]).await.status, 422);

    // Everything to one organ: a move, told before and done after.
    let all = format!("*\t*\t{lamps}");
    let reply = admin.post("/books/catalogue/trial", &token, &[("lines", &all)]).await;
    assert!(reply.words().contains("0 件和现在一样，1 件会派到别处"), "{}", reply.words());
    let reply = admin.post("/books/catalogue", &token, &[("lines", &all)]).await;
    admin.follow(&reply).await;
    let case = town.house.submit(town.house.noise()).await;
    assert_eq!(case.organ, Some(town.house.lamps));
    // Reading the lines back gives the same catalogue.
    let (books, directory) = (town.house.appeals.books(), town.house.appeals.directory());
    assert_eq!(lines::read(&present(&town), &books.categories, &directory).unwrap().len(), 1);
}
