// The company that works: the sample company in a store of its own, and who of its people works.
//
//   company at({.store = store_kind::sqlite, .path = "load.gx", .records = 100'000});
//   session s = at.as(at.people()[0]);
#pragma once

#include "guanxi/session/session.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace guanxi::bench::load {

/// Somebody who sells, or leads those who do.
struct person {
  id user;
  std::string login;
  id manager;  ///< 0: nobody
};

struct company_options {
  store_kind store = store_kind::sqlite;
  std::string path;
  std::int64_t records = 100'000;
  std::uint64_t seed = 1;
};

class company {
 public:
  /// Makes the store, in place of an older one.
  explicit company(const company_options& how);

  /// Whole teams, from the head of sales down; in the order in which they were hired.
  const std::vector<person>& people() const noexcept { return people_; }
  session as(const person& who) const;
  session system() const { return tenant_->as_system("load"); }
  /// The stage that an opportunity goes to next: along its pipeline to the one that wins, and from
  /// there, or when it is lost, to the beginning.
  id after(id stage) const;
  /// Closes the store and opens it again, as another process would find it; every session must be
  /// gone.
  void reopen();
  result<store::verification> verify() const { return tenant_->verify(); }
  std::int64_t records() const noexcept { return records_; }

 private:
  void open();
  void find_people(const session& s);
  void find_stages(const session& s);

  company_options how_;
  environment world_;
  std::optional<tenant> tenant_;
  std::vector<person> people_;
  std::map<id, id> after_;
  std::int64_t records_ = 0;
};

}  // namespace guanxi::bench::load
