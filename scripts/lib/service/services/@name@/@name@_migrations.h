// The migrations of this folder, embedded by the build.
#ifndef COMITY_@NAME@_@NAME@_MIGRATIONS_H_
#define COMITY_@NAME@_@NAME@_MIGRATIONS_H_

#include <vector>

#include "services/runtime/storage/migrations.h"

namespace comity::@name@ {

std::vector<storage::Migration> @Name@Migrations();

}  // namespace comity::@name@

#endif  // COMITY_@NAME@_@NAME@_MIGRATIONS_H_
