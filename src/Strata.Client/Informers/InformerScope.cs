namespace Strata.Client.Informers;

/// <summary>Which objects of a kind an informer holds; null means no restriction.</summary>
internal sealed record InformerScope(string? Namespace, string? LabelSelector, string? FieldSelector)
{
    public static readonly InformerScope Everything = new(null, null, null);
}
