using Microsoft.Extensions.Logging;
using Strata.Client;
using Strata.Client.Events;
using Strata.Client.Informers;

namespace Strata.Controllers;

/// <summary>What controllers get to work with.</summary>
/// <param name="Events">Returns the recorder of a component, for example <c>deployment-controller</c>.</param>
internal sealed record ControllerContext(
    IKubeClient Client, IInformers Informers, Func<string, IEventRecorder> Events, TimeProvider Clock, ILoggerFactory Loggers, ControllerOptions Options);
