using Strata.Api.Models;

namespace Strata.Client.Events;

/// <summary>Tells users what happened to their objects, as Kubernetes Events. Calls return at once; writing happens in the background and a lost event is no error.</summary>
public interface IEventRecorder
{
    /// <param name="about">The object concerned.</param>
    /// <param name="type"><c>Normal</c> or <c>Warning</c>.</param>
    /// <param name="reason">One CamelCase word, for example <c>FailedScheduling</c>.</param>
    /// <param name="message">A sentence for people.</param>
    /// <param name="fieldPath">Part of the object, for example <c>spec.containers{web}</c>; empty for the whole.</param>
    void Record(IKubeObject about, string type, string reason, string message, string fieldPath = "");
}
