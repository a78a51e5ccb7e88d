using Strata.Api.Models;

namespace Strata.ApiServer.Authorization.Bootstrap;

/// <summary>One role of a new cluster, and who has it.</summary>
/// <param name="Name">Of the role, and of its binding unless that has another.</param>
/// <param name="Namespace">Empty for a cluster role.</param>
internal sealed record BootstrapRole(string Name, string Namespace)
{
    public IReadOnlyList<PolicyRule> Rules { get; init; } = [];

    /// <summary>Whose it is; nobody's when empty, and then there is no binding.</summary>
    public IReadOnlyList<Subject> Subjects { get; init; } = [];

    public string BindingName { get; init; } = Name;

    /// <summary>It is the sum of the roles labelled <c>aggregate-to-</c>this; null for a role with rules of its own.</summary>
    public string? SumOf { get; init; }

    /// <summary>It is labelled as part of the sum of this name; null for none.</summary>
    public string? PartOf { get; init; }
}
