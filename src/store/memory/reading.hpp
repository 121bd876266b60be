// The two ways in which a plan sees the tables: as they were at one moment, beside whoever writes;
// or as the open transaction has left them.
//
//   committed_source from(contents);   columns::answer(plan, from, bounds, rows);
//
// Thread rule: each by one thread; many committed ones at once, a writing one on the writer's.
#pragma once

#include "contents.hpp"
#include "query/columns/run.hpp"

#include <functional>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

namespace guanxi::store::memory {

class committed_source final : public query::columns::source {
 public:
  /// `kept` is where plans keep what they looked up.
  explicit committed_source(contents& of, query::columns::lookup_cache* kept = nullptr)
      : committed_source(of, kept, of.hold()) {}
  /// The same at a moment that somebody keeps.
  committed_source(contents& of, query::columns::lookup_cache* kept, moment at)
      : contents_(of), kept_(kept), at_(at) {}

  void lock() override { held_ = contents_.hold(); }
  void unlock() override;
  const query::column_table* table(const schema::entity& of) override;
  row_number rows(const query::column_table& t) const override;
  bool changed(const query::column_table& t) const override;
  bool changed(const query::column_table& t, row_number row) const override;
  const std::vector<value>* image(const query::column_table& t, row_number row) const override;
  void changed(const query::column_table& t, std::vector<row_number>& into) const override;
  row_number find(const query::column_table& t, id key) const override;
  std::uint64_t version(const query::column_table& t) const override;
  query::columns::lookup_cache* cache() override { return kept_; }
  /// Whether a table was asked for by definitions of before its columns changed: then the answer is
  /// none.
  bool moved() const noexcept { return moved_; }

 private:
  struct seen_table {
    const memory::table* kept = nullptr;
    row_number rows = 0;
    std::unordered_map<row_number, std::vector<value>> images;  ///< asked for during this hold
  };
  committed_source(contents& of, query::columns::lookup_cache* kept,
                   const std::shared_lock<gate>&)
      : contents_(of), kept_(kept), own_(std::in_place, of), at_(own_->at()) {}
  seen_table& of(const query::column_table& t) const;

  contents& contents_;
  query::columns::lookup_cache* kept_;
  std::optional<kept_moment> own_;
  moment at_;
  std::shared_lock<gate> held_;
  bool moved_ = false;
  mutable std::unordered_map<const query::column_table*, seen_table> seen_;
};

class writing_source final : public query::columns::source {
 public:
  /// `settled` enters what a table has in waiting into its indices.
  writing_source(const contents& of, std::function<void(const schema::entity&)> settled)
      : contents_(of), settled_(std::move(settled)) {}

  // Nobody else writes, so there is nothing to hold and nothing changes.
  void lock() override {}
  void unlock() override {}
  const query::column_table* table(const schema::entity& of) override;
  row_number rows(const query::column_table& t) const override { return t.rows(); }
  bool changed(const query::column_table&) const override { return false; }
  bool changed(const query::column_table&, row_number) const override { return false; }
  const std::vector<value>* image(const query::column_table&, row_number) const override {
    return nullptr;
  }
  void changed(const query::column_table&, std::vector<row_number>&) const override {}
  row_number find(const query::column_table& t, id key) const override { return t.find(key); }
  std::uint64_t version(const query::column_table&) const override { return 0; }

 private:
  const contents& contents_;
  std::function<void(const schema::entity&)> settled_;
};

}  // namespace guanxi::store::memory
