// A driver that passes every call on to another, for tests to put something in between.
//
//   class slow final : public forwarding_driver {
//     result<void> commit() override { sleep(); return forwarding_driver::commit(); }
//   };
#pragma once

#include "guanxi/store/driver.hpp"

#include <memory>

namespace guanxi::test {

class forwarding_driver : public store::driver {
 public:
  explicit forwarding_driver(std::unique_ptr<store::driver> inner) : inner_(std::move(inner)) {}

  std::string_view name() const noexcept override { return inner_->name(); }
  result<bool> get(const schema::entity& of, id key, store::view at,
                   schema::record& into) override {
    return inner_->get(of, key, at, into);
  }
  result<void> put(const schema::record& r, std::int64_t expected_revision) override {
    return inner_->put(r, expected_revision);
  }
  result<void> replace(const schema::record& before, const schema::record& after) override {
    return inner_->replace(before, after);
  }
  result<void> erase(const schema::entity& of, id key) override { return inner_->erase(of, key); }
  result<void> scan(const schema::catalog_ptr& catalog, const schema::entity& of, id after,
                    std::size_t at_most, store::view at,
                    const std::function<result<bool>(const schema::record&)>& visit) override {
    return inner_->scan(catalog, of, after, at_most, at, visit);
  }
  result<void> migrate(const schema::catalog& to, std::span<const schema::step> steps) override {
    return inner_->migrate(to, steps);
  }
  bool transactional() const noexcept override { return inner_->transactional(); }
  bool shares_commits() const noexcept override { return inner_->shares_commits(); }
  result<void> begin() override { return inner_->begin(); }
  result<void> commit() override { return inner_->commit(); }
  result<void> rollback() override { return inner_->rollback(); }
  result<void> savepoint(int n) override { return inner_->savepoint(n); }
  result<void> release(int n) override { return inner_->release(n); }
  result<void> rollback_to(int n) override { return inner_->rollback_to(n); }
  bool snapshots() const noexcept override { return inner_->snapshots(); }
  bool parallel_reads() const noexcept override { return inner_->parallel_reads(); }
  result<std::unique_ptr<store::reader>> open_reader() override { return inner_->open_reader(); }
  bool reshapes() const noexcept override { return inner_->reshapes(); }
  bool lent() const noexcept override { return inner_->lent(); }
  bool entered() const noexcept override { return inner_->entered(); }
  result<void> save(std::string_view path) override { return inner_->save(path); }
  result<void> put_all(std::span<const schema::record> fresh) override {
    return inner_->put_all(fresh);
  }
  result<std::unique_ptr<store::driver>> open_check() override { return inner_->open_check(); }
  result<void> verify(const schema::catalog& of, store::inspection& into) override {
    return inner_->verify(of, into);
  }
  result<void> describe(const query::fragment& f, store::view at, const query::bounds& within,
                        std::vector<std::string>& into) override {
    return inner_->describe(f, at, within, into);
  }
  bool finds() const noexcept override { return inner_->finds(); }
  result<std::optional<id>> find(const schema::entity& of, std::uint16_t slot, const value& v,
                                 store::view at) override {
    return inner_->find(of, slot, v, at);
  }
  query::pushdown consider(const query::trimmed_plan& p) override { return inner_->consider(p); }
  result<void> execute(const query::fragment& f, store::view at, const query::bounds& within,
                       const query::row_sink& sink) override {
    return inner_->execute(f, at, within, sink);
  }
  result<void> answer(const query::fragment& f, store::view at, const query::bounds& within,
                      query::rows& into) override {
    return inner_->answer(f, at, within, into);
  }

 private:
  std::unique_ptr<store::driver> inner_;
};

}  // namespace guanxi::test
