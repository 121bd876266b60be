// Tests of behaviour run on every store: a fixture with one furnished company.
//
//   class deal : public guanxi::test::on_every_store {};
//   TEST_P(deal, has_a_name) { EXPECT_TRUE(as("nina").get("opportunity", key("bridge"))); }
//   INSTANTIATE_TEST_SUITE_P(on, deal, every_store, store_name);
//
// Roles: vp above north and south, north above agent_north, south above agent_south.
// Users: vera (vp), mona (north), samir (south), nina and nils (agent_north), sun (agent_south),
// lone (no role), idle (agent_north, not active); all hold the set "Standard user".
// Each of nina, nils, sun and lone owns accounts and deals; see furnish() for what is in them.
#pragma once

#include "guanxi/guanxi.hpp"
#include "guanxi/store/driver.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

namespace guanxi::test {

/// memory_saved: a memory store that was saved to a file and opened again once it was furnished.
/// c_store: rows behind the C functions of a host's own store, with transactions but no savepoints.
/// c_planner: the same with all that it may offer, plan and execute too, whose verdicts come by
/// chance.
enum class tested_store {
  sqlite_file, sqlite_memory, map, choosy, memory, memory_saved, c_store, c_planner
};

inline const auto every_store =
    testing::Values(tested_store::sqlite_file, tested_store::sqlite_memory, tested_store::map,
                    tested_store::choosy, tested_store::memory, tested_store::memory_saved,
                    tested_store::c_store, tested_store::c_planner);
std::string name(tested_store k);
/// Whether readers see the last commit beside an open transaction; else they wait for its end.
bool shows_last_commit(tested_store k);
inline std::string store_name(const testing::TestParamInfo<tested_store>& info) {
  return name(info.param);
}

/// A store of this kind; a file is made at `path`.
std::unique_ptr<store::driver> make_driver(tested_store k, const environment& world,
                                           const std::string& path, std::uint64_t seed = 1);
/// A file name that no other test uses, with no file behind it.
std::string fresh_path();
void remove_store(const std::string& path);

/// A seed by chance, or GUANXI_TEST_SEED from the environment to repeat a failure.
std::uint64_t chosen_seed();

/// The answer as text: cells joined by "|", rows ended by "\n".
std::string text(const rows& r);
/// The answer of a query, or "error: " and what is wrong.
std::string answer(const session& s, std::string_view query,
                   const std::vector<expr::parameter_value>& parameters = {});
/// The code of a failed result, or ok.
template <class T>
errc code(const result<T>& r) {
  return r ? errc::ok : r.error().code();
}
template <class T>
std::string message(const result<T>& r) {
  return r ? std::string("no error") : std::string(r.error().message());
}
/// The text with every occurrence of a word replaced, to compare what two names are told.
std::string replaced(std::string text, std::string_view word, std::string_view by);

/// A company on one store.
class company {
 public:
  explicit company(tested_store k, std::uint64_t seed = 1);
  ~company();
  company(const company&) = delete;
  company& operator=(const company&) = delete;

  session as(std::string_view login) const { return crm->as_user(login).value(); }
  session system() const { return crm->as_system("test"); }
  /// A record by its short name.
  id key(std::string_view name) const { return keys.at(std::string(name)); }
  void furnish();
  /// Closes and opens the store again; only a file survives that. A memory store is saved first.
  void reopen();

  tested_store kind;
  std::string path;
  std::shared_ptr<fixed_clock> clock;
  environment world;
  std::optional<tenant> crm;
  std::map<std::string, id> keys;
};

class on_every_store : public testing::TestWithParam<tested_store> {
 protected:
  on_every_store() : at(GetParam()) { at.furnish(); }
  session as(std::string_view login) const { return at.as(login); }
  session system() const { return at.system(); }
  id key(std::string_view name) const { return at.key(name); }
  company at;
};

}  // namespace guanxi::test
