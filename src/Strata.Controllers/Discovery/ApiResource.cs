using Strata.Api.Models;

namespace Strata.Controllers.Discovery;

/// <summary>A resource as the server offers it.</summary>
/// <param name="Kind">Names and scope.</param>
/// <param name="Verbs">What can be done with it, for example <c>list</c>.</param>
internal sealed record ApiResource(KindInfo Kind, IReadOnlySet<string> Verbs)
{
    /// <summary>Whether the garbage collector and namespace deletion can handle it.</summary>
    public bool IsDeletable => Verbs.Contains("list") && Verbs.Contains("watch") && Verbs.Contains("delete");
}
