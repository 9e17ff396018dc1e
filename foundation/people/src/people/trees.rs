//! Organs and areas.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use gongzhi_kernel::{AreaId, Context, Failure, Fault, OrganId, Timestamp};
use gongzhi_store::Tx;
use tokio::sync::watch;

use super::People;
use crate::actions::{self, AreaImport, AreaRow};
use crate::directory::Directory;
use crate::model::{Area, AreaChange, NewArea, NewOrgan, Organ, OrganChange};
use crate::policies::Resource;
use crate::store;

/// How often the picture of organs and areas is compared with the store when no event has been recorded here.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How long changes are gathered before the picture is compared.
const GATHER: Duration = Duration::from_millis(200);

impl People {
    /// The present picture of organs and areas: own changes at once, those of others within moments ([`Self::keep_fresh`]).
    pub fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.0.directory.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the picture anew if anything has changed: after a bulk seeding with the functions of [`crate::actions`].
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn refresh(&self) -> Result<(), Fault> {
        let seen = self.directory().version();
        let read = self
            .0
            .store
            .read(move |tx| {
                if store::directory_version(tx)? == seen {
                    return Ok::<_, Fault>(None);
                }
                Directory::read(tx).map(Some)
            })
            .await?;
        if let Some(directory) = read {
            let mut present = self.0.directory.write().unwrap_or_else(PoisonError::into_inner);
            // Another task may have read a later picture meanwhile.
            if directory.version() > present.version() {
                *present = Arc::new(directory);
            }
        }
        Ok(())
    }

    /// Keeps the picture of organs and areas fresh until `stop` turns true: a task of the application.
    pub async fn keep_fresh(self, mut stop: watch::Receiver<bool>) {
        let mut grown = self.0.store.grown();
        let work = async {
            loop {
                let _grown_or_elapsed = tokio::time::timeout(LOOK_AGAIN, grown.changed()).await;
                tokio::time::sleep(GATHER).await;
                if let Err(error) = self.refresh().await {
                    tracing::warn!(error = ?error, "the picture of organs and areas could not be read; the last one serves");
                }
            }
        };
        tokio::select! {
            () = work => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }

    /// Asks the policies, does one unit of work, and sees that the picture of organs and areas shows it.
    async fn change_tree<T: Send + 'static>(
        &self,
        context: &Context,
        action: &'static str,
        work: impl Fn(&mut dyn Tx, &Context) -> Result<T, Failure> + Send + Sync + 'static,
    ) -> Result<T, Failure> {
        self.0.policies.require(&context.actor, action, &Resource::city())?;
        let context = context.clone();
        let done = self.0.store.write(move |tx| work(tx, &context)).await?;
        self.refresh().await?;
        Ok(done)
    }

    /// Establishes an organ. Action `organ.establish`.
    ///
    /// # Errors
    /// See [`actions::establish_organ`].
    pub async fn establish_organ(&self, context: &Context, new: NewOrgan) -> Result<OrganId, Failure> {
        self.change_tree(context, "organ.establish", move |tx, context| {
            actions::establish_organ(tx, context, &new)
        })
        .await
    }

    /// Changes an organ. Action `organ.change`.
    ///
    /// # Errors
    /// See [`actions::change_organ`].
    pub async fn change_organ(
        &self,
        context: &Context,
        id: OrganId,
        change: OrganChange,
    ) -> Result<Organ, Failure> {
        self.change_tree(context, "organ.change", move |tx, context| {
            actions::change_organ(tx, context, id, &change)
        })
        .await
    }

    /// Adds an area. Action `area.manage`.
    ///
    /// # Errors
    /// See [`actions::add_area`].
    pub async fn add_area(&self, context: &Context, new: NewArea) -> Result<AreaId, Failure> {
        self.change_tree(context, "area.manage", move |tx, context| actions::add_area(tx, context, &new))
            .await
    }

    /// Corrects an area. Action `area.manage`.
    ///
    /// # Errors
    /// See [`actions::change_area`].
    pub async fn change_area(
        &self,
        context: &Context,
        id: AreaId,
        change: AreaChange,
    ) -> Result<Area, Failure> {
        self.change_tree(context, "area.manage", move |tx, context| {
            actions::change_area(tx, context, id, &change)
        })
        .await
    }

    /// Ends an area. Action `area.manage`.
    ///
    /// # Errors
    /// See [`actions::end_area`].
    pub async fn end_area(
        &self,
        context: &Context,
        id: AreaId,
        valid_to: Timestamp,
        successors: Vec<AreaId>,
    ) -> Result<Area, Failure> {
        self.change_tree(context, "area.manage", move |tx, context| {
            actions::end_area(tx, context, id, valid_to, &successors)
        })
        .await
    }

    /// Takes in a division. Action `area.manage`.
    ///
    /// # Errors
    /// See [`actions::import_areas`].
    pub async fn import_areas(
        &self,
        context: &Context,
        rows: Vec<AreaRow>,
        valid_from: Timestamp,
        complete: bool,
    ) -> Result<AreaImport, Failure> {
        self.change_tree(context, "area.manage", move |tx, context| {
            actions::import_areas(tx, context, &rows, valid_from, complete)
        })
        .await
    }
}
