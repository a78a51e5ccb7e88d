using Strata.Api.Models;

namespace Strata.Client.Informers;

/// <summary>The informers of one process: one per kind and scope, shared by everyone who asks. They run between start and stop of the owner.</summary>
public interface IInformers
{
    /// <summary>The informer of all objects of a kind. It begins to run at once if the set runs.</summary>
    IInformer<T> For<T>()
        where T : class, IKubeObject<T>;

    /// <summary>The informer of the objects that match, for example <c>spec.nodeName=n1</c>.</summary>
    IInformer<T> For<T>(string? namespaceName, string? labelSelector, string? fieldSelector)
        where T : class, IKubeObject<T>;
}
