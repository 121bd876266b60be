// A host's own store behind the C functions of guanxi_store.
//
//   open(std::make_unique<capi::c_store>(functions, self), options).value();
//
// Thread rule: as of store::host.
#pragma once

#include "guanxi.h"

#include "guanxi/session/own_store.hpp"

#include <string>

struct guanxi_table {
  const guanxi::schema::entity* of = nullptr;
};

struct guanxi_request {
  const guanxi::store::request* asked = nullptr;  ///< while plan or execute runs
};

/// What the function that runs may answer; it stays one object, so that a function which keeps the
/// pointer is refused later and finds no freed memory.
struct guanxi_answer {
  bool open = false;                                ///< a function runs
  std::string_view store;                           ///< its name, for errors
  const guanxi::store::row_taker* take = nullptr;   ///< of a function that gives rows
  guanxi::store::plan_answer* said = nullptr;       ///< of plan
  bool enough = false;
  guanxi::result<void> fault;                       ///< what was wrong with a row
  std::string words;
  std::int32_t store_code = 0;
};

namespace guanxi::capi {

/// A copy of the functions, once they are found to be a store; throws failure.
guanxi_store checked_functions(const guanxi_store& given);

class c_store final : public store::host {
 public:
  c_store(const guanxi_store& functions, void* self);
  ~c_store() override;
  c_store(const c_store&) = delete;
  c_store& operator=(const c_store&) = delete;

  /// From here on `self` is given up with this store.
  void own() noexcept { owned_ = true; }

  std::string_view name() const noexcept override { return name_; }
  offer offers() const noexcept override;
  result<void> get(const schema::entity& of, id key, const store::row_taker& take) override;
  result<void> put(const schema::entity& of, std::span<const value> row,
                   std::int64_t expected_revision) override;
  result<void> erase(const schema::entity& of, id key) override;
  result<void> scan(const schema::entity& of, id after, std::size_t at_most,
                    const store::row_taker& take) override;
  result<void> put_all(std::span<const schema::record> fresh) override;
  result<void> migrate(const schema::entity& of, const schema::step& what) override;
  result<void> plan(const schema::entity& of, const store::request& asked,
                    store::plan_answer& said) override;
  result<void> execute(const schema::entity& of, const store::request& asked,
                       const store::row_taker& take) override;
  result<void> begin() override { return step(functions_.begin); }
  result<void> commit() override { return step(functions_.commit); }
  result<void> rollback() override { return step(functions_.rollback); }
  result<void> savepoint(int level) override { return step(functions_.savepoint, level); }
  result<void> keep(int level) override { return step(functions_.keep, level); }
  result<void> undo(int level) override { return step(functions_.undo, level); }

 private:
  template <class Call>
  result<void> run(const schema::entity* of, const store::row_taker* take, Call&& call);
  template <class Function, class... Level>
  result<void> step(Function* function, Level... level);

  const guanxi_store functions_;
  void* const self_;
  const std::string name_;
  bool owned_ = false;
  guanxi_table table_;
  guanxi_request request_;
  guanxi_answer answer_;
};

}  // namespace guanxi::capi
