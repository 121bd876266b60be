// A store in Python: an object with get, put, erase and scan, as a store of the library.
//
//   auto by_store = std::make_shared<raised>();
//   open(std::make_unique<python_store>(object, by_store), options);
//
// Thread rule: any thread; each call takes the interpreter's lock.
#pragma once

#include "binding.hpp"

#include "guanxi/session/own_store.hpp"

namespace guanxi::python {

class python_store final : public store::host {
 public:
  /// What its functions raise is kept in `by_store`, so that the call which fails can raise it.
  python_store(py::object object, std::shared_ptr<raised> by_store);
  ~python_store() override;
  python_store(const python_store&) = delete;
  python_store& operator=(const python_store&) = delete;

  std::string_view name() const noexcept override { return name_; }
  offer offers() const noexcept override { return offers_; }
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
  result<void> begin() override { return plain("begin"); }
  result<void> commit() override { return plain("commit"); }
  result<void> rollback() override { return plain("rollback"); }
  result<void> savepoint(int level) override { return plain("savepoint", level); }
  result<void> keep(int level) override { return plain("keep", level); }
  result<void> undo(int level) override { return plain("undo", level); }

 private:
  template <class Work>
  result<void> run(Work&& work);
  result<void> take_rows(const schema::entity& of, const py::object& found,
                         const store::row_taker& take);
  template <class... Level>
  result<void> plain(const char* function, Level... level);

  py::object object_;
  std::shared_ptr<raised> by_store_;
  std::string name_;
  offer offers_;
  bool batches_ = false;
};

}  // namespace guanxi::python
