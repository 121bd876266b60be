#include "guanxi/schema/catalog-inl.hpp"
