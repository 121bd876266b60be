#include "guanxi/work/pipeline.hpp"

#include "run.hpp"

#include <utility>

namespace guanxi::work {

result<std::unique_ptr<pipeline>> pipeline::begin(store::store& into,
                                                  std::shared_ptr<const effect_set> effects,
                                                  std::string_view base_currency) {
  std::unique_ptr<pipeline> out(new pipeline(into, std::move(effects), base_currency));
  auto in = into.begin(store::write_key());
  if (!in) return passed(in);
  out->in_ = std::move(*in);
  return out;
}

pipeline::~pipeline() = default;

/// Runs one call inside a nesting of its own: it happens whole, or leaves nothing.
template <class F>
auto pipeline::whole(F&& work) -> decltype(work()) {
  if (!in_->open())
    return unexpected(errc::misuse, "the transaction has ended; begin another");
  result<int> nesting = in_->nest();
  if (!nesting) return passed(nesting);
  auto done = work();
  if (done) {
    if (auto ok = in_->keep(*nesting); !ok) return passed(ok);
    return done;
  }
  cache_.clear();
  if (auto ok = in_->undo(*nesting); !ok) {
    // The store could not even undo: nothing of the transaction may survive.
    static_cast<void>(in_->rollback());
    done.error().set_aborted(true);
  }
  return done;
}

result<schema::record> pipeline::create(const policy::grants& who, const schema::draft& d,
                                        const write_options& how) {
  return whole([&] { return run(*this, who, how).create(d); });
}

result<schema::record> pipeline::change(const policy::grants& who, const schema::entity& of, id key,
                                        const schema::draft& d, const write_options& how) {
  return whole([&] { return run(*this, who, how).change(of, key, d); });
}

result<void> pipeline::remove(const policy::grants& who, const schema::entity& of, id key,
                              const write_options& how) {
  return whole([&] { return run(*this, who, how).remove(of, key); });
}

result<query::rows> pipeline::read(const query::trimmed_plan& p, const query::bounds& within) {
  return in_->read(p, within);
}

result<schema::record> pipeline::get(const policy::grant& g, id key) {
  result<schema::record> r = load(*g.entity, key);
  if (!r || r->empty()) return r;
  if (r->deleted() || !g.allows(policy::action::read, *r)) return schema::record();
  r->hide_behind(g.visible);
  return r;
}

result<schema::record> pipeline::load(const schema::entity& of, id key) {
  const auto at = std::pair(&of, key);
  if (const auto found = cache_.find(at); found != cache_.end()) return found->second;
  result<schema::record> r = in_->load(of, key);
  if (r && !r->empty()) {
    constexpr std::size_t kept = 4096;  // enough for the parents of a long import
    if (cache_.size() >= kept) cache_.clear();
    cache_.emplace(at, *r);
  }
  return r;
}

result<void> pipeline::commit(bool rules_changed) {
  if (!in_->open()) return unexpected(errc::misuse, "the transaction has ended already");
  if (rules_changed)
    if (auto ok = in_->next_epoch(); !ok) return passed(ok);
  return in_->commit();
}

result<void> pipeline::rollback() {
  if (!in_->open()) return unexpected(errc::misuse, "the transaction has ended already");
  return in_->rollback();
}

}  // namespace guanxi::work
