// A store that runs now this part of a plan and now that: it wraps SQLite and answers consider()
// by chance, from a seed. Whatever the split, the answer must be the same.
//
//   tenant crm = open(std::make_unique<choosy_driver>(std::move(sqlite), 7)).value();
#pragma once

#include "guanxi/store/driver.hpp"

#include <memory>
#include <random>

namespace guanxi::test {

class choosy_driver final : public store::driver {
 public:
  choosy_driver(std::unique_ptr<store::driver> inner, std::uint64_t seed)
      : inner_(std::move(inner)), random_(seed) {}

  std::string_view name() const noexcept override { return "choosy"; }
  result<bool> get(const schema::entity& of, id key, store::view at,
                   schema::record& into) override {
    return inner_->get(of, key, at, into);
  }
  result<void> put(const schema::record& r, std::int64_t expected_revision) override {
    return inner_->put(r, expected_revision);
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
  result<void> begin() override { return inner_->begin(); }
  result<void> commit() override { return inner_->commit(); }
  result<void> rollback() override { return inner_->rollback(); }
  result<void> savepoint(int n) override { return inner_->savepoint(n); }
  result<void> release(int n) override { return inner_->release(n); }
  result<void> rollback_to(int n) override { return inner_->rollback_to(n); }
  bool finds() const noexcept override { return inner_->finds(); }
  result<std::optional<id>> find(const schema::entity& of, std::uint16_t slot, const value& v,
                                 store::view at) override {
    return inner_->find(of, slot, v, at);
  }
  query::pushdown consider(const query::trimmed_plan& p) override;
  result<void> execute(const query::fragment& f, store::view at, const query::bounds& within,
                       const query::row_sink& sink) override;

 private:
  bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }

  std::unique_ptr<store::driver> inner_;
  std::mt19937_64 random_;
  std::vector<query::verdict> last_;  ///< what consider() has answered
};

}  // namespace guanxi::test
