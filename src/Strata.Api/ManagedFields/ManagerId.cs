namespace Strata.Api.ManagedFields;

/// <summary>What makes an entry of managedFields the same entry. Appliers keep theirs when they change the API version (apimachinery: util/managedfields/internal,
/// BuildManagerIdentifier).</summary>
/// <param name="ApiVersion">Empty for appliers.</param>
/// <param name="Subresource">Empty for the object itself.</param>
public readonly record struct ManagerId(string Manager, bool IsApply, string ApiVersion, string Subresource)
{
    public static ManagerId Applier(string manager, string subresource) => new(manager, true, "", subresource);

    public static ManagerId Updater(string manager, string apiVersion, string subresource) => new(manager, false, apiVersion, subresource);

    /// <summary>As messages about conflicts name a manager.</summary>
    /// <param name="apiVersion">What to show for an updater.</param>
    internal string Describe(string apiVersion) =>
        $"\"{Manager}\"{(Subresource.Length > 0 ? $" with subresource \"{Subresource}\"" : "")}{(IsApply ? "" : $" using {apiVersion}")}";
}
