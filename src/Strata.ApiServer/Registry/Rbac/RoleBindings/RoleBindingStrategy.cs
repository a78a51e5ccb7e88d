using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Rbac.RoleBindings;

/// <summary>Role bindings: who has a role's permissions in one namespace.</summary>
internal sealed class RoleBindingStrategy : ResourceStrategy
{
    public override KindInfo Kind => RoleBinding.Info;

    public override bool AllowsCreateOnUpdate => true;

    public override IReadOnlyList<TableColumn> Columns => BindingTable.Columns;

    public override void ValidateName(string name, FieldErrors errors) => ObjectNames.ValidatePathSegment(name, "metadata.name", errors);

    public override void Default(JsonObject target) => BindingValidation.Default(target);

    public override void Validate(JsonObject target, FieldErrors errors) => BindingValidation.Validate(target, isNamespaced: true, errors);

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) => BindingValidation.ValidateUpdate(target, old, errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) => BindingTable.Row(source, now);
}
