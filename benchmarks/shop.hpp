// Our side: a tenant on a store of either kind, filled with deals and what they refer to, and the
// door beneath it that only the store itself opens, to measure the store without its rules.
//
//   shop s(store_kind::memory, "", world);   s.furnish(all);   s.load(all.list);
//   s.system().query("select count() from x_deal");
#pragma once

#include "deals.hpp"
#include "measure.hpp"

#include "guanxi/session/session.hpp"
#include "guanxi/store/driver.hpp"

#include <optional>

namespace guanxi::bench {

class shop {
 public:
  /// Opens a store, or makes it; `path` is for SQLite.
  shop(store_kind kind, const std::string& path);

  /// Users with their rights, accounts, contacts and products that the deals refer to.
  void furnish(const deals& around);
  /// Loads deals as the store alone takes them: no rules, no log.
  void load(std::span<const deal> list);

  store::driver& raw() noexcept { return *raw_; }
  const schema::entity& deals_entity() const noexcept { return *entity_; }
  const deal_slots& slots() const noexcept { return *slots_; }
  const schema::catalog_ptr& catalog() const noexcept { return catalog_; }
  session& system() noexcept { return *system_; }
  /// Memory: writes a snapshot file.
  void save(const std::string& path) const { need(tenant_->save(path)); }
  /// A user who sees all deals by right, not by system sight.
  session reader() const;
  /// One more session that sees and does all by system sight.
  session another() const { return tenant_->as_system("benchmark"); }

  /// One deal as the store alone writes it, in a transaction of its own if `alone`.
  void put(const deal& d, bool alone);
  /// Moves a deal as the store alone writes it.
  void move(std::int64_t id, std::int32_t close_date, std::uint8_t stage, bool alone);

 private:
  /// Moves the counter of ids past every deal.
  void settle_ids(std::int64_t next);
  void give_rights(std::int64_t users);
  void load_named(const char* entity, std::int64_t first, std::int64_t count, const char* prefix);

  store::driver* raw_ = nullptr;
  std::optional<tenant> tenant_;
  std::optional<session> system_;
  schema::catalog_ptr catalog_;
  const schema::entity* entity_ = nullptr;
  std::optional<deal_slots> slots_;
  schema::record scratch_;
};

/// Two SQLite files with the deals, alike to the byte: ours, and one to use by hand.
void make_files(const deals& all, const std::string& ours, const std::string& by_hand);

/// A record of ours as every side digests it.
void add(digest& into, const schema::record& r, const deal_slots& at);
/// A row of the 15 fields of `deal_fields`.
void add(digest& into, const query::rows& from, std::size_t row);

}  // namespace guanxi::bench
