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
  out->catalog_ = into.catalog();
  return out;
}

pipeline::~pipeline() = default;

error pipeline::ended() {
  return error(errc::misuse, "the transaction has ended; begin another").set_aborted(true);
}

/// A read, too, may cost the transaction: the store says so, and then it must not go on.
template <class T>
result<T> pipeline::noticed(result<T> read) {
  if (!read && read.error().aborted() && in_->open()) {
    cache_.clear();
    static_cast<void>(in_->rollback());
  }
  return read;
}

/// Undoes a nesting where nobody can be told of failure; at worst the transaction goes with it.
void pipeline::abandon(int nesting) noexcept {
  cache_.clear();
  try {
    if (in_->undo(nesting)) return;
  } catch (...) {
  }
  try {
    static_cast<void>(in_->rollback());
  } catch (...) {
  }
}

/// Runs one call inside a nesting of its own: it happens whole, or leaves nothing.
template <class F>
auto pipeline::whole(const policy::grants& who, const write_options& how, F&& work)
    -> decltype(work()) {
  if (!in_->open()) return unexpected(ended());
  const std::string& cause = how.cause.empty() ? who.who().cause : how.cause;
  if (cause.find('\0') != std::string::npos || utf8_fault(cause))
    return unexpected(errc::invalid_text, "the cause of a change must be UTF-8 text without NUL");
  const auto give_up = [&](error why) {
    // The store can neither keep nor undo: nothing of the transaction may survive.
    cache_.clear();
    static_cast<void>(in_->rollback());
    return unexpected(std::move(why.set_aborted(true)));
  };
  const std::int64_t batch = batch_;
  result<int> nesting = in_->nest();
  if (!nesting) return give_up(std::move(nesting.error()));
  auto done = [&] {
    try {
      return work();
    } catch (...) {  // memory ran out, or something of the host's threw
      abandon(*nesting);
      throw;
    }
  }();
  if (done) {
    if (auto ok = in_->keep(*nesting); !ok) return give_up(std::move(ok.error()));
    return done;
  }
  cache_.clear();
  batch_ = batch;
  if (auto ok = in_->undo(*nesting); !ok) return give_up(std::move(done.error()));
  return done;
}

result<schema::record> pipeline::create(const policy::grants& who, const schema::draft& d,
                                        const write_options& how) {
  return whole(who, how, [&] { return run(*this, who, how).create(d); });
}

result<schema::record> pipeline::change(const policy::grants& who, const schema::entity& of, id key,
                                        const schema::draft& d, const write_options& how) {
  return whole(who, how, [&] { return run(*this, who, how).change(of, key, d); });
}

result<void> pipeline::remove(const policy::grants& who, const schema::entity& of, id key,
                              const write_options& how) {
  return whole(who, how, [&] { return run(*this, who, how).remove(of, key); });
}

result<query::rows> pipeline::read(const query::trimmed_plan& p, const query::bounds& within) {
  if (!in_->open()) return unexpected(ended());
  return noticed(in_->read(p, within));
}

result<schema::record> pipeline::get(const policy::grant& g, id key) {
  if (!in_->open()) return unexpected(ended());
  result<schema::record> r = noticed(load(*g.entity, key));
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
    remember(*r);
  }
  return r;
}

void pipeline::remember(const schema::record& r) {
  constexpr std::size_t kept = 4096;  // enough for the parents of a long import
  if (cache_.size() >= kept) cache_.clear();
  cache_.insert_or_assign(std::pair(&r.of(), r.key()), r);
}

result<void> pipeline::commit(bool rules_changed, const std::function<void()>& before_unlocking) {
  if (!in_->open()) return unexpected(ended());
  if (rules_changed)
    if (auto ok = in_->next_epoch(); !ok) return passed(ok);
  return in_->commit(before_unlocking);
}

result<void> pipeline::rollback() {
  if (!in_->open()) return {};  // an error has undone it already, which is what is asked for
  return in_->rollback();
}

}  // namespace guanxi::work
