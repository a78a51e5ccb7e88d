using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Rbac.ClusterRoles;

/// <summary>Cluster roles: permissions everywhere, or wherever a binding gives them; or the sum of other cluster roles (aggregationRule), which a controller writes.</summary>
internal sealed class ClusterRoleStrategy : ResourceStrategy
{
    public override KindInfo Kind => ClusterRole.Info;

    public override bool AllowsCreateOnUpdate => true;

    public override IReadOnlyList<TableColumn> Columns => RoleTable.Columns;

    public override void ValidateName(string name, FieldErrors errors) => ObjectNames.ValidatePathSegment(name, "metadata.name", errors);

    public override void Validate(JsonObject target, FieldErrors errors)
    {
        PolicyRuleValidation.Validate(target, isNamespaced: false, errors);
        if (target.Object("aggregationRule") is not { } aggregation)
        {
            return;
        }

        if (aggregation.Count("clusterRoleSelectors") == 0)
        {
            errors.Required("aggregationRule.clusterRoleSelectors", "at least one clusterRoleSelector required if aggregationRule is non-nil");
        }

        foreach (var (selector, index) in aggregation.Objects("clusterRoleSelectors"))
        {
            LabelSelectorValidation.Validate(selector, $"aggregationRule.clusterRoleSelectors[{index}]", errors);
        }
    }

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) => RoleTable.Row(source);
}
