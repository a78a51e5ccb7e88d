using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Rbac.Roles;

/// <summary>Roles: permissions in one namespace.</summary>
internal sealed class RoleStrategy : ResourceStrategy
{
    public override KindInfo Kind => Role.Info;

    public override bool AllowsCreateOnUpdate => true;

    public override IReadOnlyList<TableColumn> Columns => RoleTable.Columns;

    public override void ValidateName(string name, FieldErrors errors) => ObjectNames.ValidatePathSegment(name, "metadata.name", errors);

    public override void Validate(JsonObject target, FieldErrors errors) => PolicyRuleValidation.Validate(target, isNamespaced: true, errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) => RoleTable.Row(source);
}
