// Writes that pass the change log by are found by verify.
#include "support/stores.hpp"

#include "guanxi/store/sqlite.hpp"
#include "guanxi/store/store.hpp"

#include <algorithm>
#include <functional>

using namespace guanxi;
using namespace guanxi::test;

namespace {

class log_check : public testing::Test {
 protected:
  log_check() { at_.furnish(); }

  /// Writes by the driver alone, as no door of the store allows.
  void behind_the_log(const std::function<void(store::driver&)>& write) {
    auto d = store::open_sqlite({.path = at_.path}, at_.world).value();
    d->begin().value();
    write(*d);
    d->commit().value();
  }
  schema::record stored(store::driver& d, std::string_view entity, id key) {
    const schema::catalog_ptr catalog = at_.crm->catalog();
    schema::record r(catalog, *catalog->find(entity));
    EXPECT_TRUE(d.get(r.of(), key, store::view::writing, r).value());
    return r;
  }
  /// Whether verify finds this. What refers to a record that went is found, too; nothing else is.
  bool finds(std::string_view entity, id record, std::string_view words) {
    auto seen = at_.crm->verify();
    EXPECT_TRUE(seen) << message(seen);
    bool out = false;
    for (const store::finding& f : seen->findings) {
      EXPECT_TRUE(f.where == store::part::log || f.text.ends_with("which is not there")) << f.text;
      out = out || (f.entity == entity && f.record == record &&
                    f.text.find(words) != std::string::npos);
    }
    return out;
  }

  company at_{tested_store::sqlite_file};
};

}  // namespace

TEST_F(log_check, finds_a_record_that_was_changed_behind_it) {
  const id acme = at_.key("acme");
  ASSERT_TRUE(at_.crm->verify()->sound());
  behind_the_log([&](store::driver& d) {
    schema::record r = stored(d, "account", acme);
    r.set(r.of().find("name")->slot, "Someone else");
    d.put(r, r.revision()).value();
  });
  EXPECT_TRUE(finds("account", acme, "`name`"));
}

TEST_F(log_check, finds_a_record_that_went_behind_it) {
  const id lonely = at_.key("single");
  behind_the_log([&](store::driver& d) {
    d.erase(*at_.crm->catalog()->find("opportunity"), lonely).value();
  });
  EXPECT_TRUE(finds("opportunity", lonely, "is not there"));
}

TEST_F(log_check, finds_an_entry_that_nobody_was_given_the_number_of) {
  behind_the_log([&](store::driver& d) {
    schema::record r = stored(d, "gx_change", id{2});
    r.set(schema::system_slot::id, id{1'000'000});
    d.put(r, 0).value();
  });
  EXPECT_TRUE(finds("gx_change", id{1'000'000}, "not given out"));
}

TEST_F(log_check, finds_an_entry_that_cannot_be_read) {
  behind_the_log([&](store::driver& d) {
    schema::record r = stored(d, "gx_change", id{2});
    r.set(r.of().find("entry")->slot, "nonsense");
    d.put(r, 1).value();
  });
  EXPECT_TRUE(finds("gx_change", id{2}, "cannot be read"));
}
