using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Rbac.ClusterRoleBindings;

/// <summary>Cluster role bindings: who has a cluster role's permissions everywhere.</summary>
internal sealed class ClusterRoleBindingStrategy : ResourceStrategy
{
    public override KindInfo Kind => ClusterRoleBinding.Info;

    public override bool AllowsCreateOnUpdate => true;

    public override IReadOnlyList<TableColumn> Columns => BindingTable.Columns;

    public override void ValidateName(string name, FieldErrors errors) => ObjectNames.ValidatePathSegment(name, "metadata.name", errors);

    public override void Default(JsonObject target) => BindingValidation.Default(target);

    public override void Validate(JsonObject target, FieldErrors errors) => BindingValidation.Validate(target, isNamespaced: false, errors);

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) => BindingValidation.ValidateUpdate(target, old, errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) => BindingTable.Row(source, now);
}
