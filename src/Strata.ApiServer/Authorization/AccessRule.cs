namespace Strata.ApiServer.Authorization;

/// <summary>One permission, in RBAC's form: any of the verbs on any of the resources, or on any of the paths
/// (pkg/apis/rbac/v1/evaluation_helpers.go). Immutable.</summary>
/// <remarks>Hot path: every request is matched against the rules of its user, so matching allocates nothing.</remarks>
/// <param name="Verbs">Verbs, or <c>*</c>.</param>
internal sealed record AccessRule(IReadOnlyList<string> Verbs)
{
    public const string Any = "*";

    private static readonly string[] Nothing = [];

    /// <summary>API groups, or <c>*</c>.</summary>
    public IReadOnlyList<string> Groups { get; init; } = Nothing;

    /// <summary><c>pods</c>, <c>pods/log</c>, <c>*/scale</c> or <c>*</c>.</summary>
    public IReadOnlyList<string> Resources { get; init; } = Nothing;

    /// <summary>Only objects of these names; empty for any.</summary>
    public IReadOnlyList<string> Names { get; init; } = Nothing;

    /// <summary>Paths that are not resources; one that ends in <c>*</c> stands for all that begin so.</summary>
    public IReadOnlyList<string> Paths { get; init; } = Nothing;

    public bool Allows(AuthorizationRequest request) =>
        Has(Verbs, request.Verb) && (request.IsResource ? AllowsResource(request) : AllowsPath(request.Path));

    public static bool Has(IReadOnlyList<string> allowed, string wanted)
    {
        for (var index = 0; index < allowed.Count; index++)
        {
            if (allowed[index] == Any || allowed[index] == wanted)
            {
                return true;
            }
        }

        return false;
    }

    public bool AllowsPath(string path)
    {
        for (var index = 0; index < Paths.Count; index++)
        {
            var allowed = Paths[index];
            if (allowed == path || (allowed.EndsWith('*') && path.AsSpan().StartsWith(allowed.AsSpan().TrimEnd('*'), StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the rule is about a resource, subresource included.</summary>
    public bool AllowsResource(ReadOnlySpan<char> resource, ReadOnlySpan<char> subresource)
    {
        for (var index = 0; index < Resources.Count; index++)
        {
            var allowed = Resources[index].AsSpan();
            if (allowed is Any)
            {
                return true;
            }

            var slash = allowed.IndexOf('/');
            var matches = slash < 0
                ? subresource.IsEmpty && allowed.SequenceEqual(resource)
                : allowed[(slash + 1)..].SequenceEqual(subresource) && (allowed[..slash] is Any ? !subresource.IsEmpty : allowed[..slash].SequenceEqual(resource));
            if (matches)
            {
                return true;
            }
        }

        return false;
    }

    private bool AllowsResource(AuthorizationRequest request) =>
        Has(Groups, request.Group) && AllowsResource(request.Resource, request.Subresource) && (Names.Count == 0 || AllowsName(request.Name));

    // Names are compared as they are: a star is no wildcard here.
    private bool AllowsName(string name)
    {
        for (var index = 0; index < Names.Count; index++)
        {
            if (Names[index] == name)
            {
                return true;
            }
        }

        return false;
    }
}
