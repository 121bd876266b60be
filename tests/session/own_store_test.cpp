// A CRM on the least store that a host can write in C++, and what that store must not do.
#include "guanxi/session/own_store.hpp"
#include "support/stores.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <utility>

namespace guanxi::test {
namespace {

class shelf final : public store::host {
 public:
  using rows = std::map<std::string, std::map<id, std::vector<value>>, std::less<>>;
  explicit shelf(rows& kept) : kept_(kept) {}
  ~shelf() override { rollback().value(); }

  std::string_view name() const noexcept override { return "shelf"; }
  offer offers() const noexcept override { return {.transactions = true}; }

  result<void> get(const schema::entity& of, id key, const store::row_taker& take) override {
    const auto& table = kept_[std::string(of.name())];
    const auto at = table.find(key);
    if (at == table.end()) return {};
    const result<bool> taken = take(at->second);
    return taken ? result<void>() : unexpected(taken.error());
  }
  result<void> put(const schema::entity& of, std::span<const value> row,
                   std::int64_t expected_revision) override {
    auto& table = kept_[std::string(of.name())];
    const auto at = table.find(row[0].as_id());
    const bool there = at != table.end();
    if (there == (expected_revision == 0) ||
        (there && !at->second[1].is_null() && at->second[1] != value(expected_revision)))
      return unexpected(errc::conflict, "the row is another");
    table[row[0].as_id()].assign(row.begin(), row.end());
    return {};
  }
  result<void> erase(const schema::entity& of, id key) override {
    kept_[std::string(of.name())].erase(key);
    return {};
  }
  result<void> scan(const schema::entity& of, id after, std::size_t at_most,
                    const store::row_taker& take) override {
    const auto& table = kept_[std::string(of.name())];
    for (auto at = table.upper_bound(after); at != table.end() && at_most > 0; ++at, --at_most) {
      const result<bool> more = take(at->second);
      if (!more) return unexpected(more.error());
      if (!*more) break;
    }
    return {};
  }

  result<void> begin() override {
    before_ = kept_;
    return {};
  }
  result<void> commit() override {
    before_.reset();
    return {};
  }
  result<void> rollback() override {
    if (before_) kept_ = *std::exchange(before_, std::nullopt);
    return {};
  }

 private:
  rows& kept_;
  std::optional<rows> before_;
};

TEST(own_store, keeps_a_crm) {
  shelf::rows kept;
  id acme;
  {
    const tenant crm = open(std::make_unique<shelf>(kept)).value();
    session s = crm.as_user("admin").value();
    acme = s.create(crm::account::entity, {crm::account::name = "Acme"}).value().key();
    s.begin().value();
    s.create(crm::account::entity, {crm::account::name = "Gone"}).value();
    s.rollback().value();
    EXPECT_EQ(crm.store_name(), "shelf");
  }
  const tenant crm = open(std::make_unique<shelf>(kept)).value();
  EXPECT_FALSE(crm.fresh());
  EXPECT_EQ(answer(crm.as_user("admin").value(), "select name from account"), "Acme\n");
  EXPECT_EQ(crm.as_system("test").get("account", acme).value()[crm::account::name], "Acme");
}

TEST(own_store, is_found_right) {
  shelf::rows kept;
  const auto make = [&](store::opening how) -> result<std::unique_ptr<store::host>> {
    if (how == store::opening::fresh) kept.clear();
    return std::make_unique<shelf>(kept);
  };
  const store::check_report report = store::check_host(make, {.seed = 7}).value();
  for (const store::store_fault& f : report.faults) ADD_FAILURE() << f.text;
}

}  // namespace
}  // namespace guanxi::test
