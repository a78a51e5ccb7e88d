namespace Strata.ApiServer.Authorization;

/// <summary>One permission, in RBAC's form: any of the verbs on any of the resources, or on any of the paths.</summary>
/// <param name="Verbs">Verbs, or <c>*</c>.</param>
internal sealed record AccessRule(IReadOnlyList<string> Verbs)
{
    public static readonly AccessRule Everything = new(["*"]) { Groups = ["*"], Resources = ["*"] };

    public static readonly AccessRule EveryPath = new(["*"]) { Paths = ["*"] };

    /// <summary>API groups, or <c>*</c>.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary><c>pods</c>, <c>pods/log</c>, <c>*/scale</c> or <c>*</c>.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>Only objects of these names; empty for any.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Only in this namespace; null for any.</summary>
    public string? Namespace { get; init; }

    /// <summary>Paths that are not resources; one that ends in <c>*</c> stands for all that begin so.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    public static AccessRule For(string group, string resources, string verbs) =>
        new(verbs.Split(' ')) { Groups = [group], Resources = resources.Split(' ') };

    public bool Allows(AuthorizationRequest request) =>
        Has(Verbs, request.Verb) && (request.IsResource ? AllowsResource(request) : AllowsPath(request.Path));

    private static bool Has(IReadOnlyList<string> allowed, string wanted) => allowed.Contains("*") || allowed.Contains(wanted);

    private bool AllowsResource(AuthorizationRequest request) =>
        Has(Groups, request.Group)
        && (Has(Resources, request.FullResource) || (request.Subresource.Length > 0 && Resources.Contains($"*/{request.Subresource}")))
        && (Names.Count == 0 || Names.Contains(request.Name))
        && (Namespace is null || Namespace == request.Namespace);

    private bool AllowsPath(string path) =>
        Paths.Any(allowed => allowed == path || (allowed.EndsWith('*') && path.StartsWith(allowed[..^1], StringComparison.Ordinal)));
}
