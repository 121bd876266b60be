#include "guanxi/expr/emit_sql-inl.hpp"
